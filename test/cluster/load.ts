/** Robots started one after the other, whatever happens meanwhile, and what became of each. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError } from '@temporalio/client';
import { RUN_DESKTOP_FLOW } from '../../src/client';
import type { RunDesktopFlowResult } from '../../src/common/result';
import { isTerminal } from '../../src/common/status';
import type { SeenSession } from '../../src/testing/emulator';
import { type Outcome, outcomeOf } from '../chaos/verdict';
import { type Cluster, TASK_QUEUE } from './cluster';

const ROBOT_MS = 3_000;
/** Of a robot that is cancelled long before. */
const LONG_ROBOT_MS = 3_600_000;
const CANCEL_AFTER_MS = 5_000;
/** One run in so many is cancelled. */
const CANCELLED_OF = 8;

const AGAIN_AFTER_MS = 500;

export interface Run {
  /** Also the id of its workflow. */
  flowId: string;
  /** What was going on when it was started. */
  during: string;
  isCancelled: boolean;
  /** Epoch milliseconds. */
  askedAt: number;
  /** Both undefined while it is open. */
  outcome?: Outcome;
  endedAt?: number;
}

export class Load {
  readonly runs: Run[] = [];
  /** Told to every run that starts. */
  during = 'nothing';
  #isOver = false;
  #looping: Promise<void> | undefined;

  constructor(readonly cluster: Cluster) {}

  start(everyMs: number): void {
    this.#looping = this.#loop(everyMs);
  }

  /** Starts no more. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#looping;
  }

  get open(): Run[] {
    return this.runs.filter(({ outcome }) => outcome === undefined);
  }

  async #loop(everyMs: number): Promise<void> {
    for (let next = Date.now(); !this.#isOver; next += everyMs) {
      await sleep(Math.max(0, next - Date.now()));
      const isCancelled = this.runs.length % CANCELLED_OF === CANCELLED_OF - 1;
      const run: Run = { flowId: randomUUID(), during: this.during, isCancelled, askedAt: Date.now() };
      this.runs.push(run);
      void this.#carryOut(run);
    }
  }

  async #carryOut(run: Run): Promise<void> {
    const { client, dataverse } = this.cluster;
    const { flowId, isCancelled } = run;
    const duration = isCancelled ? LONG_ROBOT_MS : ROBOT_MS;
    await untilDone(() =>
      dataverse.addFlow({ id: flowId, name: 'cluster', duration, result: { Id: flowId } }),
    );
    const input = {
      flowId,
      connectionName: flowId,
      runMode: 'unattended',
      poll: { initialInterval: 1_000, maximumInterval: 5_000 },
      retry: { maximumAttempts: 1 },
    };
    const start = () =>
      client.workflow.start(RUN_DESKTOP_FLOW, { args: [input], taskQueue: TASK_QUEUE, workflowId: flowId });
    await untilDone(() =>
      start().catch((error: unknown) => {
        // The answer to an earlier try was lost.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }),
    );
    const handle = client.workflow.getHandle(flowId);
    if (isCancelled) void sleep(CANCEL_AFTER_MS).then(() => untilDone(() => handle.cancel()));
    run.outcome = await untilDone(async () => {
      const [settled] = await Promise.allSettled([handle.result() as Promise<RunDesktopFlowResult>]);
      // Anything else says nothing of the run, but of the way to it.
      if (settled.status === 'rejected' && !(settled.reason instanceof WorkflowFailedError))
        throw settled.reason;
      return outcomeOf(settled);
    });
    run.endedAt = Date.now();
  }
}

/** Again and again: what is in the way is a fault of the test. */
async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await sleep(AGAIN_AFTER_MS);
    }
  }
}

/** What broke a promise, counted. */
export interface Verdict {
  runs: number;
  /** Robots that were started besides the one of their run. */
  twice: number;
  /** Of those, the ones that were cancelled. */
  twiceStopped: number;
  /** Robots that work although their run has ended. */
  left: number;
  /** Runs without the result that their robot gave. */
  lost: number;
  /** One line for each. */
  problems: string[];
}

export function judge(runs: readonly Run[], sessions: readonly SeenSession[]): Verdict {
  const byFlow = new Map<string, SeenSession[]>();
  for (const session of sessions)
    byFlow.set(session.flowId, [...(byFlow.get(session.flowId) ?? []), session]);
  const verdict: Verdict = { runs: runs.length, twice: 0, twiceStopped: 0, left: 0, lost: 0, problems: [] };
  for (const run of runs) {
    const robots = byFlow.get(run.flowId) ?? [];
    const { outcome } = run;
    const isRight =
      outcome?.kind === 'succeeded'
        ? outcome.result.outputs?.Id === run.flowId && outcome.result.status === 'Succeeded'
        : outcome?.kind === 'cancelled' && run.isCancelled;
    const besides = robots.toSorted((one, other) => one.createdOn - other.createdOn).slice(1);
    const running = outcome === undefined ? [] : robots.filter(({ statusCode }) => !isTerminal(statusCode));
    verdict.twice += besides.length;
    verdict.twiceStopped += besides.filter(({ cancelRequested }) => cancelRequested).length;
    verdict.left += running.length;
    verdict.lost += isRight ? 0 : 1;
    if (isRight && besides.length === 0 && running.length === 0) continue;
    const told = robots.map(
      ({ status, createdOn, cancelRequested }) =>
        `${status}${cancelRequested ? ' (cancelled)' : ''} ${createdOn - run.askedAt} ms after`,
    );
    verdict.problems.push(
      `${run.during}: run ${run.flowId} ${describe(outcome)}; robots: ${told.join(', ') || 'none'}`,
    );
  }
  return verdict;
}

function describe(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'has not ended';
  return outcome.kind === 'failed' ? `failed as ${outcome.type}: ${outcome.message}` : outcome.kind;
}
