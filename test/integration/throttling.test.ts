import { type Harness, startHarness } from '../helpers/harness';
import { itTakesLong, sampleOf } from '../helpers/long-tests';

let harness: Harness;

/** Each test has an emulator, and so an organization, of its own: a 429 holds back everybody else. */
beforeEach(async () => {
  harness = await startHarness();
});

afterEach(() => harness.close());

describe('after a 429', () => {
  it.each(sampleOf(['token', 'trigger', 'status', 'outputs'], 1, 2))(
    'on %s nothing is sent before Retry-After is over, and one robot does the work',
    async (on) => {
      const retryAfterSeconds = 2;
      const input = harness.flow({ duration: '300ms', result: { ok: true } });
      harness.emulator.inject({ on, kind: 'throttle', retryAfterSeconds });
      await expect(harness.run(input)).resolves.toMatchObject({ outputs: { ok: true } });
      const { requests, sessions } = harness.emulator.seen;
      const throttled = requests.findIndex(({ status }) => status === 429);
      const [refused, next] = requests.slice(throttled, throttled + 2);
      expect(refused?.kind).toBe(on);
      expect((next?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(retryAfterSeconds * 1000);
      expect(sessions).toHaveLength(1);
    },
  );

  itTakesLong(
    'a trigger that is refused again and again is tried after what was asked, each time',
    async () => {
      const input = harness.flow({ duration: '300ms' });
      harness.emulator.inject({ on: 'trigger', kind: 'throttle', retryAfterSeconds: 1, times: 6 });
      await expect(harness.run(input)).resolves.toMatchObject({ status: 'Succeeded' });
      const triggers = harness.emulator.seen.requests.filter(({ kind }) => kind === 'trigger');
      const waits = triggers.slice(1).map(({ at }, index) => at - (triggers[index]?.at ?? 0));
      expect(waits).toHaveLength(6);
      // The sixth would come after 32 s, if the waits doubled.
      for (const wait of waits) {
        expect(wait).toBeGreaterThanOrEqual(1000);
        expect(wait).toBeLessThan(4000);
      }
    },
  );

  it('other runs of the same organization wait too', async () => {
    const throttled = harness.flow({ duration: '500ms' });
    const others = [1, 2, 3].map(() => harness.flow({ duration: '500ms' }));
    harness.emulator.inject({ on: 'status', kind: 'throttle', retryAfterSeconds: 2, after: 2 });
    await Promise.all([throttled, ...others].map((input) => harness.run(input)));
    const { requests } = harness.emulator.seen;
    const index = requests.findIndex(({ status }) => status === 429);
    // What was on its way already may still arrive.
    const later = requests.slice(index + 1).filter(({ at }) => at > (requests[index]?.at ?? 0) + 200);
    expect(later).not.toHaveLength(0);
    for (const { at } of later) expect(at - (requests[index]?.at ?? 0)).toBeGreaterThanOrEqual(2000);
    expect(harness.emulator.seen.sessions).toHaveLength(4);
  });
});
