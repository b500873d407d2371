import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { actionsOfHistory, type HistoryEvent } from '../../bench/harness/actions';

const event = (eventId: number, attributes: object) =>
  ({ eventId, ...attributes }) as unknown as HistoryEvent;

const started = event(1, { workflowExecutionStartedEventAttributes: {} });
const signalled = { workflowExecutionSignaledEventAttributes: { signalName: 'desktopFlowCompleted' } };

test('start, timers, activities and the signals of clients are an action each', () => {
  const events = [
    started,
    event(2, { workflowTaskScheduledEventAttributes: {} }),
    event(5, { timerStartedEventAttributes: {} }),
    event(6, { activityTaskScheduledEventAttributes: {} }),
    event(7, { activityTaskStartedEventAttributes: { attempt: 1 } }),
    event(8, { timerStartedEventAttributes: {} }),
    event(9, signalled),
  ];
  expect(actionsOfHistory(events)).toEqual({
    workflowStarted: 1,
    timerStarted: 2,
    activityScheduled: 1,
    signalReceived: 1,
  });
});

test('each retry of an activity is an action', () => {
  const attempt = (n: number) => event(7, { activityTaskStartedEventAttributes: { attempt: n } });
  expect(actionsOfHistory([attempt(1), attempt(4)])).toEqual({ activityRetry: 3 });
});

test('all markers of one workflow task are one action', () => {
  const marker = (id: number, task: number) =>
    event(id, { markerRecordedEventAttributes: { workflowTaskCompletedEventId: task } });
  expect(actionsOfHistory([marker(5, 4), marker(6, 4), marker(12, 11)])).toEqual({ markers: 2 });
});

test('a signal that came with the start of its workflow is one action together with it', () => {
  expect(actionsOfHistory([started, event(2, signalled), event(9, signalled)])).toEqual({
    workflowStarted: 1,
    signalReceived: 1,
  });
});

test('a signal of another workflow is counted where it was sent', () => {
  const sent = event(8, { signalExternalWorkflowExecutionInitiatedEventAttributes: {} });
  const received = event(9, {
    workflowExecutionSignaledEventAttributes: { externalWorkflowExecution: { workflowId: 'sender' } },
  });
  expect(actionsOfHistory([sent])).toEqual({ signalSent: 1 });
  expect(actionsOfHistory([received])).toEqual({});
});

test('a child is one action for its parent, besides the start in its own history', () => {
  const initiated = event(5, { startChildWorkflowExecutionInitiatedEventAttributes: {} });
  expect(actionsOfHistory([initiated, started])).toEqual({ childInitiated: 1, workflowStarted: 1 });
});

test('real histories of runs are read: each has one start and an action for every activity', () => {
  const folder = path.join(__dirname, '..', 'replay', 'histories');
  const files = readdirSync(folder);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const { events } = historyFromJSON(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
    const actions = actionsOfHistory(events ?? []);
    const activities = (events ?? []).filter((one) => one.activityTaskScheduledEventAttributes).length;
    expect(actions).toMatchObject({ workflowStarted: 1 });
    expect(actions.activityScheduled ?? 0).toBe(activities);
  }
});
