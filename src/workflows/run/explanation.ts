/**
 * SANDBOX: why a robot failed, in the details of the run's failure. Only for callers that want it, because it is an activity
 * more. The failure is certain before: whatever becomes of the explanation, it stays.
 */
import { ActivityFailure, ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import { type FlowRunExplanation, unexplained } from '../../common/explanation';
import { detailsOf } from '../../common/failure-details';
import { desktopFlowFailureType } from '../../common/failure-types';
import { MOST_SECRETS, type ParsedRunDesktopFlowInput, targetOf } from '../../common/input';
import { namesIn } from '../../common/schema/secret-references';
import { BAD_ENDS } from '../../common/status';
import { explainFlowRun } from '../support/activities';
import { applicationCause } from '../support/activity-failures';
import type { RunState } from './state';

const OF_ROBOTS: readonly string[] = BAD_ENDS.map(desktopFlowFailureType);

export async function withExplanation(
  input: ParsedRunDesktopFlowInput,
  run: RunState,
  failure: ApplicationFailure,
): Promise<ApplicationFailure> {
  const { robot } = run;
  if (!input.explainFailures || robot === undefined || !OF_ROBOTS.includes(failure.type ?? ''))
    return failure;
  const explanation = await CancellationScope.nonCancellable(() => explain(input, run, robot.flowSessionId));
  return ApplicationFailure.create({
    type: failure.type ?? undefined,
    message: `${failure.message}\n${explanation.summary}`,
    nonRetryable: true,
    details: [{ ...detailsOf(failure), explanation }],
    cause: failure.cause,
  });
}

async function explain(
  input: ParsedRunDesktopFlowInput,
  { licenseCheck }: RunState,
  flowSessionId: string,
): Promise<FlowRunExplanation> {
  const secrets = secretsOf(input);
  const asked = {
    ...targetOf(input),
    flowSessionId,
    ...(licenseCheck && { licenseCheck }),
    ...(secrets.length > 0 && { secrets }),
  };
  try {
    return await explainFlowRun.executeWithOptions({ summary: 'Find out why the robot failed' }, [asked]);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return unexplained(
      flowSessionId,
      applicationCause(error)?.message || error.cause?.message || error.message,
    );
  }
}

/** Whose values the robot got, so that its log may repeat them. */
function secretsOf(input: ParsedRunDesktopFlowInput): string[] {
  if ('flowSessionId' in input) return [];
  const { inputs, connectionName, callbackUrl = '' } = input;
  const names = namesIn(`${jsonOf(inputs)} ${connectionName} ${callbackUrl}`);
  return [...new Set(names)].slice(0, MOST_SECRETS);
}

/** In which a reference is written as it is: a text of JSON may write a brace as an escape. */
function jsonOf(inputs: unknown): string {
  return JSON.stringify(typeof inputs === 'string' ? JSON.parse(inputs) : (inputs ?? null));
}
