/** SANDBOX, development only: workflows that `RunDesktopFlow` is compared with. */
import { proxyActivities, sleep } from '@temporalio/workflow';
import type { BenchActivities, NaiveInput } from './activities';

/** As one writes it at first: a time-out, and Temporal's own retries. */
const { empty, naiveTrigger, naiveStatus, naiveOutputs } = proxyActivities<BenchActivities>({
  startToCloseTimeout: '1m',
});

const RUNNING_OR_QUEUED = [0, 1, 2, 3, 6];
const NAMES: Record<number, string> = { 4: 'Succeeded' };

/** What the server and a worker cost at least, for three activities. */
export async function emptyRun(): Promise<void> {
  for (let activity = 0; activity < 3; activity++) await empty();
}

export async function naiveRun(input: NaiveInput): Promise<{ status: string; outputs: unknown }> {
  const flowSessionId = await naiveTrigger(input);
  let statusCode: number;
  do {
    await sleep(input.everyMs);
    statusCode = await naiveStatus(flowSessionId);
  } while (RUNNING_OR_QUEUED.includes(statusCode));
  return { status: NAMES[statusCode] ?? String(statusCode), outputs: await naiveOutputs(flowSessionId) };
}
