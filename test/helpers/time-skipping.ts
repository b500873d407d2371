/** For files whose tests run one after another on one time-skipping server, which Java takes seconds to start. */
import { type Harness, type HarnessOptions, startHarness } from './harness';

/** Real time in which a healthy server has skipped an hour, however busy the machine. */
const SKIPS_WITHIN_MS = 30_000;

/**
 * On a loaded machine the server now and then stops to skip for good: the test gets another try, and the next one another
 * server. The first failure is shown all the same.
 */
export function giveSecondTry(): void {
  jest.retryTimes(1, { logErrorsBeforeRetry: true });
}

/** @param beforeTest is given the harness of the test that comes; its emulator has seen nothing of those before */
export function useTimeSkipping(
  options: Omit<HarnessOptions, 'timeSkipping'>,
  beforeTest: (harness: Harness) => void,
): void {
  let harness: Harness | undefined;

  giveSecondTry();

  beforeEach(async () => {
    harness ??= await startHarness({ ...options, timeSkipping: true });
    beforeTest(harness);
  }, 60_000);

  afterEach(async () => {
    if (harness === undefined) return;
    await harness.endRuns();
    harness.emulator.reset();
    if (await stillSkips(harness)) return;
    await harness.close();
    harness = undefined;
  }, 60_000);

  afterAll(() => harness?.close());
}

async function stillSkips({ env }: Harness): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, SKIPS_WITHIN_MS, false);
  });
  const skipped = env.sleep('1h').then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([skipped, late]);
  } finally {
    clearTimeout(timer);
  }
}
