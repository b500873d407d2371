import fc from 'fast-check';
import { EarlyLooks } from '../../../src/activities/watch/early-looks';

describe('early looks', () => {
  it('begin when robots had ended by the first look at them, and pause when they find none ended', () => {
    const early = new EarlyLooks();
    expect(early.areOn).toBe(false);
    early.learn(10, 4, 0);
    expect(early.areOn).toBe(false);
    early.learn(10, 5, 0);
    expect(early.areOn).toBe(true);
    early.learn(0, 0, 0);
    expect(early.areOn).toBe(true);
    early.learn(10, 0, 1_000);
    expect(early.areOn).toBe(false);
    early.learn(10, 10, 10_999);
    expect(early.areOn).toBe(false);
    early.learn(10, 10, 11_000);
    expect(early.areOn).toBe(true);
  });

  it('find nothing less and less often where robots end just after them', () => {
    const early = new EarlyLooks();
    let inVain = 0;
    for (let second = 0; second < 3_600; second++) {
      if (early.areOn) {
        inVain += 1;
        early.learn(1, 0, second * 1000);
      } else early.learn(1, 1, second * 1000);
    }
    expect(inVain).toBeLessThan(20);
  });

  it('are never on right after a look that found fewer than half ended', () => {
    const looks = fc.array(
      fc.record({ first: fc.nat(50), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(looks, (all) => {
        const early = new EarlyLooks();
        all.forEach(({ first, part }, index) => {
          const ended = Math.floor(first * part);
          early.learn(first, ended, index * 1000);
          if (first > 0 && ended * 2 < first) expect(early.areOn).toBe(false);
        });
      }),
    );
  });
});
