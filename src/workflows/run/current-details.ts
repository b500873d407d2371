/** SANDBOX: what the run is doing: kept in its state, and in words in Temporal's web UI. */
import { setCurrentDetails } from '@temporalio/workflow';
import type { RunPhase } from '../../common/messages';
import { attemptNumber, type RunState } from './state';

export function attemptLabel(run: RunState): string {
  return `attempt ${attemptNumber(run)} of ${run.maximumAttempts}`;
}

/** @param nextPollAt when the phase ends or the next look is due, epoch milliseconds. @default not known */
export function enter(run: RunState, phase: RunPhase, nextPollAt?: number): void {
  run.phase = phase;
  run.nextPollAt = nextPollAt;
  showDetails(run);
}

/** Sets the current details: what happens now, then the robots that have ended. It is no command, and costs no action. */
export function showDetails(run: RunState): void {
  if (run.guest !== undefined) return;
  const ended = run.attempts.map(({ flowSessionId, status, errorCode, stoppedFor, duplicates }, index) => {
    const code = errorCode ? ` (${errorCode})` : '';
    const stopped = stoppedFor ? `, stopped because of \`${stoppedFor}\`` : '';
    const doubled = duplicates ? `, started twice; stopped: \`${duplicates.join(', ')}\`` : '';
    const link = linkTo(run, flowSessionId);
    const opened = link ? ` ([open](${link}))` : '';
    return `- Attempt ${index + 1} ended as **${status}**${code}${stopped}, run \`${flowSessionId}\`${opened}${doubled}`;
  });
  const lines = [
    `${now(run)} (${attemptLabel(run)})`,
    ...outOfReach(run),
    ...refused(run),
    ...licence(run),
    ...ended,
    ...links(run),
  ];
  setCurrentDetails(lines.join('\n'));
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
      return `The robot has the status ${seen?.statusCode}, which is not documented`;
    default:
      return `The robot is ${seen?.status}`;
  }
}

function nextLook({ nextPollAt, phase }: RunState): string {
  if (nextPollAt === undefined) return '';
  const at = new Date(nextPollAt).toISOString();
  return phase === 'backingOff' ? ` at ${at}` : `; next look at ${at}`;
}

function outOfReach({ outOfReachSince, phase }: RunState): string[] {
  if (outOfReachSince === undefined || phase === 'finished') return [];
  return [`**Dataverse has been out of reach since ${new Date(outOfReachSince).toISOString()}**; trying on`];
}

function refused({ refusal, phase }: RunState): string[] {
  if (refusal === undefined || phase === 'finished') return [];
  const since = new Date(refusal.since).toISOString();
  return [
    `**Dataverse has refused access since ${since}**; trying on. Check the application user, its roles and its secret: ${refusal.message}`,
  ];
}

function licence({ licenseCheck }: RunState): string[] {
  if (licenseCheck === undefined || licenseCheck.code === 'ValidLicenseCoverage') return [];
  return [`**Licence check: ${licenseCheck.code}** ${licenseCheck.message ?? ''}`];
}

/** To the portal, where they are known. The blank line keeps them out of the list. */
function links(run: RunState): string[] {
  if (run.links === undefined) return [];
  const robot = run.robot && linkTo(run, run.robot.flowSessionId);
  const latest = robot ? ` · [this run](${robot})` : '';
  return ['', `In Power Automate: [the desktop flow](${run.links.flow})${latest}`];
}

/** All robots of a run are of one flow, so their pages differ in the last part alone. */
function linkTo({ links: known }: RunState, flowSessionId: string): string | undefined {
  return known?.run.replace(/[^/]*$/, flowSessionId);
}
