/** How long a run waits for an operation on its robot. */
import { ApplicationFailure } from '@temporalio/common';
import { createActivities } from '../../../src/activities';
import type { GetFlowRunStatusInput } from '../../../src/common/activities';
import { environmentSecrets } from '../../../src/config/secrets';
import { type Harness, startHarness, target } from '../../helpers/harness';
import { giveSecondTry } from '../../helpers/time-skipping';

giveSecondTry();

const ASKED_MS = 300_000;

let harness: Harness;
let looks: number[];
let triggers: number[];

/** The real activity, whose first look Dataverse refuses for five minutes: longer than one scheduled activity has. */
async function getFlowRunStatus(input: GetFlowRunStatusInput) {
  looks.push(await harness.env.currentTimeMs());
  if (looks.length > 1) {
    const secrets = environmentSecrets({});
    return createActivities({ ...target(harness.emulator), secrets }).getFlowRunStatus(input);
  }
  throw throttled(ASKED_MS);
}

/** Dataverse takes no trigger, and asks for a second each time. */
async function triggerFlowRun(): Promise<never> {
  triggers.push(await harness.env.currentTimeMs());
  throw throttled(1000);
}

function throttled(retryAfterMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'DataverseThrottled',
    nonRetryable: false,
    message: 'Dataverse answered 429',
    nextRetryDelay: retryAfterMs,
    details: [{ attempts: [], dataverse: { httpStatus: 429, retryAfterMs } }],
  });
}

beforeEach(() => {
  looks = [];
  triggers = [];
});

afterEach(() => harness.close());

it('is one wait and one more look where Dataverse asks for longer than an activity has', async () => {
  harness = await startHarness({ timeSkipping: true, activities: { getFlowRunStatus } });
  const input = harness.flow({ duration: '1s', result: { ok: true } });
  const poll = { initialInterval: '5s', maximumInterval: '60s' };
  await expect(harness.run({ ...input, poll })).resolves.toMatchObject({ outputs: { ok: true } });
  expect(looks).toHaveLength(2);
  const [refused = 0, next = 0] = looks;
  expect(next - refused).toBeGreaterThanOrEqual(ASKED_MS);
  expect(next - refused).toBeLessThan(ASKED_MS + 60_000);
});

it('is a try a second, as Dataverse asks, for half a minute, and then ever longer: a day fits into one history', async () => {
  harness = await startHarness({ timeSkipping: true, activities: { triggerFlowRun } });
  const { failure } = await harness.fail({ ...harness.flow(), scheduleToCloseTimeout: '24h' });
  expect(failure.type).toBe('DesktopFlowFaulted');
  const waits = triggers.slice(1).map((at, index) => at - (triggers[index] ?? 0));
  expect(Math.max(...waits.slice(0, 30))).toBeLessThan(2000);
  expect(waits.at(-1)).toBeGreaterThan(200_000);
  expect(triggers.length).toBeLessThan(400);
}, 120_000);
