import fc from 'fast-check';
import { backoffMs } from '../../src/common/backoff';
import { SESSIONS_PER_QUERY } from '../../src/common/flow-session';
import { intervalMs, WatchedRobots } from '../../src/common/watched-robots';

const poll = (seconds: number, maximum = seconds, backoffCoefficient = 1.5) => ({
  initialInterval: seconds * 1000,
  maximumInterval: maximum * 1000,
  backoffCoefficient,
});

const runsOf = (count: number, seconds = 5) =>
  Array.from({ length: count }, (_, index) => ({
    flowSessionId: `session-${index}`,
    workflowId: `workflow-${index}`,
    poll: poll(seconds),
  }));

describe('the robots of a watcher', () => {
  it('are all asked for when the first of them is due, as far as one query goes', () => {
    const watched = new WatchedRobots();
    for (const [index, run] of runsOf(SESSIONS_PER_QUERY + 50).entries()) watched.add(run, index);
    expect(watched.nextDueAt()).toBe(5000);
    expect(watched.due(4999)).toEqual([]);
    const asked = watched.due(5000);
    expect(asked).toHaveLength(SESSIONS_PER_QUERY);
    watched.wereSeen(asked, [], 5000);
    expect(watched.nextDueAt()).toBe(5000 + SESSIONS_PER_QUERY);
  });

  it('are never asked for later than their runs want it, and never more often than the most eager one wants', () => {
    const plans = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 60_000 }), seconds: fc.integer({ min: 1, max: 30 }) }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(plans, (runs) => {
        const watched = new WatchedRobots();
        const waiting = runs
          .map((run, index) => ({ ...run, id: `session-${index}` }))
          .sort((a, b) => a.at - b.at);
        const lastAsked = new Map<string, number>();
        let looks = 0;
        for (let now = 0; now <= 200_000; ) {
          const next = Math.min(waiting[0]?.at ?? Number.POSITIVE_INFINITY, watched.nextDueAt());
          now = Math.max(now, next);
          for (const run of waiting.splice(0, waiting.filter(({ at }) => at <= now).length)) {
            watched.add({ flowSessionId: run.id, workflowId: run.id, poll: poll(run.seconds) }, now);
            lastAsked.set(run.id, now);
          }
          const asked = watched.due(now);
          if (asked.length > 0) looks += 1;
          for (const { flowSessionId, poll: wanted } of asked) {
            expect(now - (lastAsked.get(flowSessionId) ?? 0)).toBeLessThanOrEqual(wanted.initialInterval);
            lastAsked.set(flowSessionId, now);
          }
          watched.wereSeen(asked, [], now);
        }
        const eager = Math.min(...runs.map(({ seconds }) => seconds));
        // Each newcomer brings a look of its own at most.
        expect(looks).toBeLessThanOrEqual(200 / eager + 1 + runs.length);
      }),
      { numRuns: 50 },
    );
  });

  it('are looked at less and less often, as runs that poll by themselves are', () => {
    const wanted = poll(5, 60);
    const ages: number[] = [];
    for (let age = wanted.initialInterval, looks = 1; looks < 12; looks += 1) {
      ages.push(age);
      expect(intervalMs(wanted, age)).toBe(backoffMs(wanted, looks));
      age += backoffMs(wanted, looks);
    }
    expect(ages.at(-1)).toBeGreaterThan(300_000);
    expect(intervalMs(poll(5, 60, 1), 1_000_000)).toBe(5000);
  });

  it('are planned at once, also where intervals grow by next to nothing for a day', () => {
    const slow = { initialInterval: 10, maximumInterval: 86_400_000, backoffCoefficient: 1 + 1e-9 };
    const watched = new WatchedRobots();
    for (const robot of runsOf(1_200)) watched.add({ ...robot, poll: slow }, 0);
    watched.wereSeen(watched.all(), [], 80_000_000);
    expect(watched.nextDueAt() - 80_000_000).toBeCloseTo(10, 0);
  });

  it('are left to their runs when they are not to be seen for a minute, or do not end for a day', () => {
    const watched = new WatchedRobots();
    for (const run of runsOf(3)) watched.add(run, 0);
    watched.wereSeen(watched.all(), ['session-1'], 5000);
    watched.wereSeen(watched.all(), ['session-1', 'session-2'], 50_000);
    expect(watched.doubtful(64_000)).toEqual([]);
    expect(watched.doubtful(65_000).map(({ flowSessionId }) => flowSessionId)).toEqual(['session-1']);
    watched.wereSeen(watched.all(), [], 66_000);
    expect(watched.doubtful(200_000)).toEqual([]);
    expect(watched.doubtful(86_400_000)).toHaveLength(3);
  });

  it('are carried through JSON unchanged, and those beyond a capacity are the last ones', () => {
    const watched = new WatchedRobots();
    for (const run of runsOf(5)) watched.add(run, 0);
    watched.wereSeen(watched.all(), ['session-3'], 5000);
    const carried = new WatchedRobots(JSON.parse(JSON.stringify(watched.all())));
    expect(carried.all()).toEqual(watched.all());
    expect(carried.beyond(3).map(({ flowSessionId }) => flowSessionId)).toEqual(['session-3', 'session-4']);
    expect(carried.forget(['session-0', 'nobody'])).toEqual(['nobody']);
    expect(carried.size).toBe(4);
  });

  it('are released by the report of a watch, but for those that came again after what it had read', () => {
    const messages = fc.array(fc.uniqueArray(fc.nat(5), { minLength: 1 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(messages, fc.nat(12), fc.uniqueArray(fc.nat(5)), (all, read, released) => {
        const robots = runsOf(6);
        const watched = new WatchedRobots();
        const lastCame = new Map<number, number>();
        for (const [index, came] of all.entries()) {
          watched.countMessage();
          for (const number of came) {
            watched.add(robots[number] as (typeof robots)[number], index);
            lastCame.set(number, index + 1);
          }
        }
        expect(watched.messages).toBe(all.length);
        watched.release({ released: released.map((number) => `session-${number}`), messages: read });
        const kept = [...lastCame].filter(([number, came]) => !released.includes(number) || came > read);
        expect(
          watched
            .all()
            .map(({ flowSessionId }) => flowSessionId)
            .sort(),
        ).toEqual(kept.map(([number]) => `session-${number}`).sort());
      }),
    );
  });

  it('that were carried over are released whatever the watch had read', () => {
    const watched = new WatchedRobots();
    for (const run of runsOf(2)) watched.add(run, 0);
    const carried = new WatchedRobots(watched.all());
    carried.release({ released: ['session-1'], messages: 0 });
    expect(carried.all().map(({ flowSessionId }) => flowSessionId)).toEqual(['session-0']);
  });
});
