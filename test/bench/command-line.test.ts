import { help, readCommandLine } from '../../bench/command-line';
import { table } from '../../bench/report/table';
import { SCENARIOS } from '../../bench/scenarios';

test('without arguments every scenario runs', () => {
  expect(readCommandLine([], SCENARIOS)).toEqual({
    scenarios: SCENARIOS,
    isQuick: false,
    isFull: false,
    isKept: false,
  });
});

test('--only chooses by name, in the order of the bench', () => {
  const options = readCommandLine(['--only', 'grid, shared-300', '--quick'], SCENARIOS);
  expect(options?.scenarios.map(({ name }) => name)).toEqual(['shared-300', 'grid']);
  expect(options?.isQuick).toBe(true);
});

test('--help tells of every option and every scenario', () => {
  expect(readCommandLine(['--help'], SCENARIOS)).toBeUndefined();
  const names = SCENARIOS.map(({ name }) => name);
  for (const word of ['--only', '--keep', '--cells', '--quick', '--full', '--help', ...names])
    expect(help(SCENARIOS)).toContain(word);
});

test.each([
  [['--only', 'speed'], 'there is no scenario speed. There are callback-latency, '],
  [['--quick', '--full'], '--quick and --full do not go together'],
  [['--quick', '--keep'], '--quick measures nothing'],
  [['--cells', 'own, 1'], 'it goes with --only grid'],
  [['--only', 'grid', '--cells', 'none'], "no cell begins with 'none'. There are 'own, 1 × 10 s', "],
  [['--fast'], '--fast'],
])('%j is refused', (args, message) => {
  expect(() => readCommandLine(args, SCENARIOS)).toThrow(message);
});

test('a table has numbers to the right, with three digits that count', () => {
  expect(
    table([
      { mode: 'own', ms: 1234.5 },
      { mode: 'callback', ms: 0.012345, more: 'x' },
    ]),
  ).toBe(
    ['mode          ms  more', '--------  ------  ----', 'own         1235', 'callback  0.0123  x'].join(
      '\n',
    ),
  );
});
