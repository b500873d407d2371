import type { RunRecord } from '../../src/dataverse';
import { timingOf } from '../../src/explain/timing';

const TIMES = {
  createdOn: '2026-11-24T04:00:00Z',
  startedOn: '2026-11-24T04:00:20Z',
  completedOn: '2026-11-24T04:01:00Z',
};

const run = (row: Partial<RunRecord>) =>
  ({ ...TIMES, runDuration: null, runWaitDuration: null, runExecutionDuration: null, ...row }) as RunRecord;

it.each([
  ['seconds', 1],
  ['milliseconds', 1000],
  ['ticks of 100 ns', 10_000_000],
])('columns of durations count, in %s', (_unit, perSecond) => {
  const durations = {
    runDuration: 60 * perSecond,
    runWaitDuration: 45 * perSecond,
    runExecutionDuration: 15 * perSecond,
  };
  expect(timingOf(run(durations))).toEqual({
    ...TIMES,
    queueSeconds: 45,
    executionSeconds: 15,
    basis: 'durations',
  });
});

it.each([
  { runDuration: 7, runWaitDuration: 3, runExecutionDuration: 4 },
  { runDuration: 60, runWaitDuration: null, runExecutionDuration: 60 },
])('columns that do not fit the times of the row do not: %j', (durations) => {
  expect(timingOf(run(durations))).toEqual({
    ...TIMES,
    queueSeconds: 20,
    executionSeconds: 40,
    basis: 'times',
  });
});

it('a run that never started was in the queue to its end', () => {
  expect(timingOf(run({ startedOn: null }))).toMatchObject({ queueSeconds: 60 });
});

it('a run that goes on has no execution yet, and a row without a creation no times', () => {
  expect(timingOf(run({ completedOn: null }))).toEqual({
    ...TIMES,
    completedOn: null,
    queueSeconds: 20,
    basis: 'times',
  });
  expect(timingOf(run({ createdOn: null }))).toBeUndefined();
});
