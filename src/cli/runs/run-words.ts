/** HOST: a run in words, from its view. */
import type { DesktopFlowRunView } from '../../common/messages';

/** @param machine the name of the robot's machine, where it is known. */
export function runInWords(view: DesktopFlowRunView, machine?: string): string {
  const attempt = view.attempt > 1 ? `attempt ${view.attempt}: ` : '';
  return `${attempt}${doing(view, machine)}`;
}

function doing(view: DesktopFlowRunView, machine: string | undefined): string {
  switch (view.phase) {
    case 'triggering':
      return 'starting the robot';
    case 'waiting':
      return robotDoes(view, machine);
    case 'backingOff':
      return `the robot ended as ${view.status}; a new one starts soon`;
    case 'fetchingOutputs':
      return 'the robot succeeded; fetching its outputs';
    case 'stopping':
      return 'stopping the robot';
    case 'finished':
      return view.status === null ? 'no robot was started' : `the robot ended as ${view.status}`;
  }
}

function robotDoes({ status, startedOn }: DesktopFlowRunView, machine: string | undefined): string {
  const where = machine === undefined ? '' : ` on ${machine}`;
  switch (status) {
    case null:
      return 'the robot is started';
    case 'Waiting':
      return 'the robot waits in the queue of its machine';
    case 'Running':
      return `the robot runs${where}${startedOn ? ` since ${localTime(startedOn)}` : ''}`;
    case 'Succeeded':
      return 'the robot succeeded';
    default:
      return `the robot is ${status}`;
  }
}

/** A look that is further away is none that anybody waits for: the run's looks are shared. */
const SOON_MS = 15 * 60_000;

/** What changes from look to look. */
export function looksInWords({ looks = 0, nextPollAt }: DesktopFlowRunView): string {
  const isSoon = nextPollAt !== null && Date.parse(nextPollAt) - Date.now() < SOON_MS;
  const next = isSoon && `next look at ${localTime(nextPollAt)}`;
  return [looks > 0 && (looks === 1 ? '1 look' : `${looks} looks`), next].filter(Boolean).join(', ');
}

function localTime(iso: string): string {
  return new Date(iso).toTimeString().slice(0, 8);
}
