/** HOST: waits for the end of a run, shows what it does meanwhile, and hears Ctrl-C. */
import type { DesktopFlowRun } from '../../service/desktop-flow-run';
import type { DesktopFlowOutcome } from '../../service/outcome';
import type { Temporal } from '../support/clients';
import type { Progress } from '../support/progress';
import { type OnInterrupt, onInterrupts } from './interrupts';
import { showRun } from './show';

/** `left`: the robot goes on, or is being stopped, and nobody waits for it here. */
export type Followed = DesktopFlowOutcome | { kind: 'left'; isStopping: boolean };

export interface FollowOptions {
  temporal: Temporal;
  progress: Progress;
  onInterrupt: OnInterrupt;
}

/** @param starting the start of the run: Ctrl-C is heard from its first moment on. */
export async function follow(
  starting: Promise<DesktopFlowRun>,
  { temporal, progress, onInterrupt }: FollowOptions,
): Promise<Followed> {
  const interrupts = onInterrupts({
    onInterrupt,
    progress,
    stop: async () => (await starting).cancel(),
  });
  const ended = new AbortController();
  try {
    const outcome = starting.then(async (run) => {
      void showRun(run, { temporal, progress, ended: ended.signal });
      // A wait that nobody ends would keep the process.
      return temporal.client.withAbortSignal(ended.signal, () => run.result());
    });
    const left = interrupts.left.then(() => ({ kind: 'left' as const, isStopping: interrupts.isStopping() }));
    outcome.catch(() => undefined);
    return await Promise.race([outcome, left]);
  } finally {
    ended.abort();
    interrupts.close();
    progress.close();
  }
}
