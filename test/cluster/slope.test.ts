import { isFlat, slopeOf } from './slope';

describe('a slope', () => {
  it('is that of the line on which the points lie, without an error', () => {
    const { slope, error } = slopeOf([1, 2, 3, 4].map((x) => [x, 5 + 2 * x] as const));
    expect(slope).toBeCloseTo(2);
    expect(error).toBeCloseTo(0);
  });

  it('has the error of the textbook', () => {
    const { slope, error } = slopeOf([
      [0, 0],
      [1, 2],
      [2, 1],
      [3, 3],
    ]);
    expect(slope).toBeCloseTo(0.8);
    expect(error).toBeCloseTo(Math.sqrt(1.8 / 2 / 5));
  });

  it('is flat below two errors, and not above', () => {
    expect(isFlat({ slope: 1.9, error: 1 }, 0)).toBe(true);
    expect(isFlat({ slope: 2.1, error: 1 }, 0)).toBe(false);
  });
});
