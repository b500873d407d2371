/**
 * HOST, development only: runs one story: starts its workflow, says what the robot is doing, and compares the end with
 * the expected one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DESKTOP_FLOW_RUN, type DesktopFlowRunView, RUN_DESKTOP_FLOW } from '../../common/messages';
import type { RunDesktopFlowFailureDetails, RunDesktopFlowResult } from '../../common/result';
import type { Stage } from './stage';
import type { Story } from './stories';

const ASK_EVERY_MS = 400;

export interface FinishedStory {
  story: Story;
  workflowId: string;
  /** One line about the end. */
  end: string;
  outputs: RunDesktopFlowResult['outputs'];
}

/** @throws Error when the story ends in another way than expected. */
export async function runStory(
  story: Story,
  stage: Stage,
  say: (line: string) => void,
): Promise<FinishedStory> {
  const workflowId = `${story.name}-${stage.taskQueue}`;
  const handle = await stage.client.workflow.start(RUN_DESKTOP_FLOW, {
    args: [story.input],
    taskQueue: stage.taskQueue,
    workflowId,
    staticSummary: story.title,
  });
  const ended = new AbortController();
  const watching = watch(handle, say, ended.signal);
  const end = await Promise.race([endOf(handle), stage.broken]).finally(() => ended.abort());
  await watching;
  const { expected } = story;
  if (end.attempts !== expected.attempts || end.failure !== expected.failure) {
    throw new Error(`${story.title}: it ended in another way. ${end.words}`);
  }
  return { story, workflowId, end: end.words, outputs: end.outputs };
}

async function watch(handle: WorkflowHandle, say: (line: string) => void, ended: AbortSignal): Promise<void> {
  let last = '';
  while (!ended.aborted) {
    const line = await handle.query<DesktopFlowRunView>(DESKTOP_FLOW_RUN).then(inWords, () => last);
    if (line !== last && !ended.aborted) say(line);
    last = line;
    await sleep(ASK_EVERY_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}

function inWords({ phase, status, attempt, flowSessionId }: DesktopFlowRunView): string {
  const robot = flowSessionId ? `, run ${flowSessionId}` : '';
  const words: Record<DesktopFlowRunView['phase'], string> = {
    triggering: 'starting the robot',
    waiting: `the robot is ${status ?? 'started'}${robot}`,
    backingOff: `the robot ended as ${status}; a new one starts soon`,
    fetchingOutputs: `the robot ${status}; fetching its outputs`,
    stopping: `stopping the robot${robot}`,
    finished: `the robot ended as ${status}`,
  };
  return `attempt ${attempt}: ${words[phase]}`;
}

interface End {
  attempts: number;
  failure?: string;
  words: string;
  outputs: RunDesktopFlowResult['outputs'];
}

async function endOf(handle: WorkflowHandle): Promise<End> {
  try {
    const { attempts, outputs } = (await handle.result()) as RunDesktopFlowResult;
    const words = `Succeeded at attempt ${attempts.length}`;
    return { attempts: attempts.length, outputs, words };
  } catch (error) {
    const failure = error instanceof WorkflowFailedError ? error.cause : undefined;
    if (!(failure instanceof ApplicationFailure)) throw error;
    const [details] = (failure.details ?? []) as [RunDesktopFlowFailureDetails?];
    const words = `${failure.type}: ${failure.message}`;
    return { attempts: details?.attempts.length ?? 0, failure: failure.type ?? '', words, outputs: null };
  }
}
