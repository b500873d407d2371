/** HOST: follows a run to its end, and prints that: the second half of every command that waits. */
import { createProgress } from '../support/progress';
import { type FollowOptions, follow } from './follow';
import { reportEnd } from './report';

export interface UntilEndedOptions extends Omit<FollowOptions, 'progress'> {
  workflowId: string;
  json?: boolean;
}

/** @returns the exit code. */
export async function untilEnded(
  starting: Parameters<typeof follow>[0],
  { workflowId, json, ...options }: UntilEndedOptions,
): Promise<number> {
  const progress = createProgress();
  progress.say(`The run is the workflow ${workflowId}.`);
  return reportEnd(await follow(starting, { ...options, progress }), { workflowId, json });
}
