import { judge } from '../../bench/harness/measure';
import { robotFlow, wrongness } from '../../bench/harness/robots';
import { MODES, pollOf } from '../../bench/modes';
import { renderOutputs } from '../../src/testing/emulator/runs/run-outputs';
import { parseFlow } from '../../src/testing/emulator/setup/flows-file';

const right = (number: number) => ({
  status: 'Succeeded',
  outputs: { Number: number, Booking: `B-${number}` },
});

test('what the emulator makes of the inputs is what is expected', () => {
  const outputs = renderOutputs(parseFlow(robotFlow(0)), '{"Number":7}');
  expect(wrongness(7, { status: 'Succeeded', outputs: JSON.parse(String(outputs)) })).toBeUndefined();
});

test.each([
  ['another status', { ...right(7), status: 'Failed' }, 'robot 7 has the status Failed'],
  ["another robot's outputs", right(8), 'robot 7 has the outputs {"Number":8,"Booking":"B-8"}'],
  ['no outputs', { status: 'Succeeded', outputs: null }, 'robot 7 has the outputs null'],
  ['nothing', undefined, 'robot 7 has the status undefined'],
])('%s is a wrong result', (_what, result, problem) => {
  expect(wrongness(7, result)).toBe(problem);
});

test('of all runs the right ones are counted, and the first problem is told', () => {
  const run = { type: 'RunDesktopFlow', events: 1, actions: {} };
  const continued = { ...run, workflowId: 'run-3', closedAt: 1 };
  expect(
    judge([
      { ...run, workflowId: 'run-1', closedAt: 1, result: right(1) },
      { ...run, workflowId: 'batch/2', closedAt: 1, result: right(2) },
      { ...run, workflowId: 'run-4', closedAt: 1, failure: 'it broke' },
      { ...run, workflowId: 'run-5' },
      continued,
    ]),
  ).toEqual({ right: 2, wrong: 'it broke' });
});

test('time is divided for robots and looks alike', () => {
  expect(pollOf(MODES.own, { divisor: 10 })).toEqual({
    initialInterval: 500,
    maximumInterval: 6_000,
    backoffCoefficient: 1.5,
    fallbackInterval: 360_000,
    shared: false,
  });
});

test('a scenario may say how often is looked, which leaves the fallback of callbacks alone', () => {
  expect(pollOf(MODES.shared, { everyMs: 2_000 })).toMatchObject({
    initialInterval: 2_000,
    maximumInterval: 2_000,
    shared: true,
  });
  expect(pollOf(MODES.callback, { everyMs: 2_000 })).toMatchObject({ initialInterval: 60_000 });
});
