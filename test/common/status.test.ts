import { badEnd, isSuccess, isTerminal, statusName } from '../../src/common/status';

describe('the status table', () => {
  it.each([
    [0, 'NotSpecified', false],
    [1, 'Paused', false],
    [2, 'Running', false],
    [3, 'Waiting', false],
    [4, 'Succeeded', true],
    [5, 'Skipped', true],
    [6, 'Suspended', false],
    [7, 'Cancelled', true],
    [8, 'Failed', true],
    [9, 'Faulted', true],
    [10, 'TimedOut', true],
    [11, 'Aborted', true],
    [12, 'Ignored', true],
    [13, 'Deleted', true],
    [14, 'Terminated', true],
  ])('%d is %s, finished: %s', (code, name, terminal) => {
    expect(statusName(code)).toBe(name);
    expect(isTerminal(code)).toBe(terminal);
    expect(isSuccess(code)).toBe(code === 4);
    expect(badEnd(code)).toBe(terminal && code !== 4 ? name : undefined);
  });

  it.each([15, -1, 42, Number.NaN, 2.5])('%d is unknown and not finished', (code) => {
    expect(statusName(code)).toBe('Unknown');
    expect(isTerminal(code)).toBe(false);
  });
});
