/**
 * HOST, development only: Temporal Cloud's actions, counted from a history, as a check of the server's own counter.
 * What is billed: https://docs.temporal.io/cloud/actions. Heartbeats and queries leave no event and are not in here.
 */
import type { WorkflowHandle } from '@temporalio/client';
import { addCounts } from './statistics';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
export type HistoryEvent = NonNullable<History['events']>[number];

/** Events that are one action each, wherever they stand. */
const SINGLE = {
  workflowStarted: 'workflowExecutionStartedEventAttributes',
  timerStarted: 'timerStartedEventAttributes',
  activityScheduled: 'activityTaskScheduledEventAttributes',
  // Besides the start of the child itself, which is in the child's own history.
  childInitiated: 'startChildWorkflowExecutionInitiatedEventAttributes',
  signalSent: 'signalExternalWorkflowExecutionInitiatedEventAttributes',
  updateAccepted: 'workflowExecutionUpdateAcceptedEventAttributes',
  searchAttributes: 'upsertWorkflowSearchAttributesEventAttributes',
  properties: 'workflowPropertiesModifiedEventAttributes',
  optionsUpdated: 'workflowExecutionOptionsUpdatedEventAttributes',
  nexusScheduled: 'nexusOperationScheduledEventAttributes',
} as const satisfies Record<string, keyof HistoryEvent>;

/** Actions by kind. */
export function actionsOfHistory(events: readonly HistoryEvent[]): Record<string, number> {
  const actions: Record<string, number> = {};
  const tasksWithMarkers = new Set<string>();
  for (const event of events) {
    for (const [kind, attributes] of Object.entries(SINGLE)) {
      if (event[attributes]) addCounts(actions, { [kind]: 1 });
    }
    if (isSignalOfClient(event)) addCounts(actions, { signalReceived: 1 });
    const { attempt = 1 } = event.activityTaskStartedEventAttributes ?? {};
    if ((attempt ?? 1) > 1) addCounts(actions, { activityRetry: (attempt as number) - 1 });
    const marker = event.markerRecordedEventAttributes;
    if (marker) tasksWithMarkers.add(String(marker.workflowTaskCompletedEventId));
  }
  // All markers of one workflow task are one action: local activities, side effects, versions.
  if (tasksWithMarkers.size > 0) actions.markers = tasksWithMarkers.size;
  return actions;
}

/**
 * A signal that a workflow sent is counted where it was sent. One that came with the start of its workflow
 * (signal-with-start, always the second event) is one action together with that start.
 */
function isSignalOfClient({
  eventId,
  workflowExecutionSignaledEventAttributes: signal,
}: HistoryEvent): boolean {
  if (!signal) return false;
  return !signal.externalWorkflowExecution?.workflowId && String(eventId) !== '2';
}
