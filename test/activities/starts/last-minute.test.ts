import fc from 'fast-check';
import { windowMaximum } from '../../../bench/harness/statistics';
import { LastMinute, type Limit, type Start, shareOf } from '../../../src/activities/starts/last-minute';

const MINUTE_MS = 60_000;

describe('the share of a process', () => {
  it.each([
    [66, 1, 66],
    [66, 3, 22],
    [66, 4, 16],
    [2.5, 1, 2],
  ])('of %d a minute among %d is %d', (perMinute, processes, starts) => {
    expect(shareOf({ perMinute, processes })).toEqual({ starts, withinMs: MINUTE_MS });
  });

  it('of less than one a minute is one in a longer time', () => {
    expect(shareOf({ perMinute: 0.5, processes: 1 })).toEqual({ starts: 1, withinMs: 2 * MINUTE_MS });
    expect(shareOf({ perMinute: 2, processes: 8 })).toEqual({ starts: 1, withinMs: 4 * MINUTE_MS });
  });

  it('never adds up to more than the limit', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1000, noNaN: true }),
        fc.integer({ min: 1, max: 100 }),
        (perMinute, processes) => {
          const { starts, withinMs } = shareOf({ perMinute, processes });
          expect((starts * processes * MINUTE_MS) / withinMs).toBeLessThanOrEqual(perMinute * (1 + 1e-9));
        },
      ),
    );
  });
});

describe('the last minute', () => {
  const limit: Limit = { perMinute: 10, processes: 2 };

  it('counts a start from its turn until a minute after its answer', () => {
    const minute = new LastMinute();
    const start = minute.begin(0);
    expect(minute.room(0, limit)).toBe(4);
    expect(minute.room(10 * MINUTE_MS, limit)).toBe(4);
    start.endedAt = 10 * MINUTE_MS;
    expect(minute.room(11 * MINUTE_MS - 1, limit)).toBe(4);
    expect(minute.room(11 * MINUTE_MS, limit)).toBe(5);
  });

  it('forgets a start that was not made', () => {
    const minute = new LastMinute();
    minute.forget(minute.begin(0));
    expect(minute.room(0, limit)).toBe(5);
  });

  it('leaves room for what others have started beyond a share', () => {
    const minute = new LastMinute();
    minute.learn([0, 0, 0, 0, 0, 1000, 1000, 1000]);
    expect(minute.room(1000, limit)).toBe(2);
    expect(minute.room(MINUTE_MS, limit)).toBe(5);
  });

  it('is the whole share where others have started no more than theirs', () => {
    const minute = new LastMinute();
    minute.learn([0, 0, 0, 0, 0]);
    expect(minute.room(1, limit)).toBe(5);
  });

  it('has no room below none, where others have started more than the limit', () => {
    const minute = new LastMinute();
    minute.learn(Array.from({ length: 30 }, () => 0));
    expect(minute.room(1, limit)).toBe(0);
    expect(minute.freeAt(0, 1, limit)).toBe(MINUTE_MS);
  });

  it('lets Dataverse count no more than the share within a minute, whenever starts come and however long they take', () => {
    const start = fc.record({
      afterMs: fc.nat(20_000),
      tookMs: fc.nat(90_000),
      countedAfter: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(start, { maxLength: 60 }), (starts) => {
        const minute = new LastMinute();
        const counted: number[] = [];
        let underWay: { start: Start; endsAt: number }[] = [];
        let now = 0;
        for (const { afterMs, tookMs, countedAfter } of starts) {
          now += afterMs;
          for (const { start, endsAt } of underWay) if (endsAt <= now) start.endedAt = endsAt;
          underWay = underWay.filter(({ endsAt }) => endsAt > now);
          if (minute.room(now, limit) === 0) continue;
          underWay.push({ start: minute.begin(now), endsAt: now + tookMs });
          counted.push(now + tookMs * countedAfter);
        }
        expect(windowMaximum(counted, MINUTE_MS)).toBeLessThanOrEqual(5);
      }),
      { numRuns: 500 },
    );
  });

  it('tells the time of each place, which is never too early and never goes back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(59_000), { maxLength: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (times, processes) => {
          const minute = new LastMinute();
          for (const endedAt of times) minute.begin(0).endedAt = endedAt;
          const now = 59_500;
          const asked = { perMinute: 10, processes };
          const places = Array.from({ length: 30 }, (_, place) => minute.freeAt(place, now, asked));
          const room = minute.room(now, asked);
          for (const [place, at] of places.entries()) {
            if (place < room) expect(at).toBe(now);
            else expect(at).toBeGreaterThan(now);
            expect(at).toBeGreaterThanOrEqual(places[place - 1] ?? now);
          }
        },
      ),
    );
  });
});
