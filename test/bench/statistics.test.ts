import { addCounts, median, percentile, windowMaximum } from '../../bench/harness/statistics';

test('a percentile is a value that was measured: the one below or at which so many are', () => {
  const values = [30, 10, 20, 40];
  expect([0, 0.25, 0.5, 0.51, 0.99, 1].map((share) => percentile(values, share))).toEqual([
    10, 10, 20, 30, 40, 40,
  ]);
  expect(values).toEqual([30, 10, 20, 40]);
});

test('there is no percentile of nothing', () => {
  expect(percentile([], 0.5)).toBeNaN();
});

test('a median is in the middle: of an even number, between two', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
  expect(median([])).toBeNaN();
});

test('the busiest window is found wherever it lies, its end excluded', () => {
  expect(windowMaximum([], 60)).toBe(0);
  expect(windowMaximum([0, 60, 120], 60)).toBe(1);
  expect(windowMaximum([0, 59, 61, 100, 118], 60)).toBe(4);
  expect(windowMaximum([5, 5, 5], 60)).toBe(3);
});

test('the order of the times does not matter to a window', () => {
  expect(windowMaximum([118, 0, 100, 61, 59], 60)).toBe(4);
});

test('counts add up by name', () => {
  const counts: Record<string, number> = { timer: 1 };
  addCounts(counts, { timer: 2, signal: 3 });
  expect(counts).toEqual({ timer: 3, signal: 3 });
});
