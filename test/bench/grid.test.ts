import { MODES, pollOf } from '../../bench/modes';
import { plan } from '../../bench/scenarios/grid';

const cells = (options: { isQuick: boolean; isFull: boolean }) =>
  plan(options).map(({ mode, robots, seconds, divisor, skipped }) => ({
    mode: mode.name,
    robots,
    seconds,
    divisor: divisor ?? 1,
    isSkipped: skipped !== undefined,
  }));

test('every cell is measured or said to be left out', () => {
  expect(cells({ isQuick: false, isFull: false })).toHaveLength(3 * 4 * 3);
});

test('what is divided lasts as long as the shortest robots, but for looks that cannot be closer', () => {
  for (const { mode, seconds, divisor } of cells({ isQuick: false, isFull: false })) {
    if (divisor === 1) continue;
    expect(seconds / divisor).toBeGreaterThanOrEqual(10);
    if (mode !== 'shared') expect(seconds / divisor).toBe(10);
    else expect(pollOf(MODES.shared, { divisor }).initialInterval).toBeGreaterThanOrEqual(1000);
  }
});

test('time never runs faster for a thousand robots', () => {
  const many = cells({ isQuick: false, isFull: false }).filter(({ robots }) => robots >= 1_000);
  expect(many.every(({ divisor }) => divisor === 1)).toBe(true);
});

test('every number of robots is measured', () => {
  const measured = cells({ isQuick: false, isFull: false }).filter(({ isSkipped }) => !isSkipped);
  expect([...new Set(measured.map(({ robots }) => robots))]).toEqual([1, 100, 1_000, 5_000]);
});

test('the default way to wait is measured in every cell', () => {
  const shared = cells({ isQuick: false, isFull: false }).filter(({ mode }) => mode === 'shared');
  expect(shared.filter(({ isSkipped }) => isSkipped)).toEqual([]);
});

test('the full grid leaves nothing out and divides nothing', () => {
  const full = cells({ isQuick: false, isFull: true });
  expect(full.some(({ divisor, isSkipped }) => divisor !== 1 || isSkipped)).toBe(false);
});
