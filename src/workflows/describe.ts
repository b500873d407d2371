/** SANDBOX: what the robot is doing, in words, for Temporal's web UI. */
import { setCurrentDetails } from '@temporalio/workflow';
import type { ParsedRunDesktopFlowInput } from '../common/input';
import { attemptNumber, type RunState } from './run-state';

export function attemptOf(input: ParsedRunDesktopFlowInput, run: RunState): string {
  return `attempt ${attemptNumber(run)} of ${input.retry.maximumAttempts}`;
}

/** Sets the current details: what happens now, then the robots that have ended. */
export function tell(input: ParsedRunDesktopFlowInput, run: RunState): void {
  const ended = run.attempts.map(({ flowSessionId, status, errorCode }, index) => {
    const code = errorCode ? ` (${errorCode})` : '';
    return `- Attempt ${index + 1} ended as **${status}**${code}, run \`${flowSessionId}\``;
  });
  setCurrentDetails([`${now(run)} (${attemptOf(input, run)})`, ...licence(run), ...ended].join('\n'));
}

function now(run: RunState): string {
  switch (run.phase) {
    case 'triggering':
      return 'Starting the robot';
    case 'waiting':
      return `${robotDoes(run)}, run \`${run.robot?.flowSessionId}\`${nextLook(run)}`;
    case 'backingOff':
      return `Waiting to start a new robot${nextLook(run)}`;
    case 'fetchingOutputs':
      return `The robot succeeded; fetching the outputs of run \`${run.robot?.flowSessionId}\``;
    case 'stopping':
      return `Stopping the robot of run \`${run.robot?.flowSessionId}\``;
    case 'finished':
      return 'Finished';
  }
}

function robotDoes({ robot }: RunState): string {
  if (robot?.missingSince !== undefined) return 'Dataverse does not show the run yet';
  const seen = robot?.seen;
  switch (seen?.status) {
    case undefined:
      return 'The robot is started';
    case 'Waiting':
      return 'The robot waits in the queue of its machine';
    case 'Running':
      return `The robot is running${seen?.startedOn ? ` since ${seen.startedOn}` : ''}`;
    case 'Unknown':
      return `The robot has the status ${seen?.statusCode}, which is none that we know`;
    default:
      return `The robot is ${seen?.status}`;
  }
}

function nextLook({ nextPollAt, phase }: RunState): string {
  if (nextPollAt === undefined) return '';
  const at = new Date(nextPollAt).toISOString();
  return phase === 'backingOff' ? ` at ${at}` : `; next look at ${at}`;
}

function licence({ licenseCheck }: RunState): string[] {
  if (licenseCheck === undefined || licenseCheck.code === 'ValidLicenseCoverage') return [];
  return [`**Licence check: ${licenseCheck.code}** ${licenseCheck.message ?? ''}`];
}
