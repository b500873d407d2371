import { RunsOver } from '../../../src/activities/watch/runs-over';

/** Of `ends` robots, whose runs are over or not, for how many it is asked. */
function askedOf(runs: RunsOver, ends: number, isOver: boolean): number {
  let asked = 0;
  for (let end = 0; end < ends; end++) {
    if (!runs.isWorthAsking()) continue;
    asked += 1;
    runs.saw(isOver);
  }
  return asked;
}

describe('whether a run is over', () => {
  it('is asked for each robot at first, and where callbacks arrive', () => {
    expect(askedOf(new RunsOver(), 1_000, true)).toBe(1_000);
  });

  it('is asked for one of ten where runs never are', () => {
    const runs = new RunsOver();
    expect(askedOf(runs, 30, false)).toBeGreaterThan(20);
    expect(askedOf(runs, 1_000, false)).toBe(100);
  });

  it('is asked for each again once callbacks begin to arrive', () => {
    const runs = new RunsOver();
    askedOf(runs, 1_000, false);
    expect(askedOf(runs, 10, true)).toBeGreaterThanOrEqual(1);
    expect(askedOf(runs, 1_000, true)).toBe(1_000);
  });
});
