/** SANDBOX: the activities as `RunDesktopFlow` calls them: how long each may take, and what is done when it fails. */
import { ActivityCancellationType, type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import type { FlowRunActivities } from '../common/activities';

/**
 * Passing trouble of Dataverse is waited out: a robot that works must not fail because nobody could look at it.
 * A worker that died is noticed by its missing heartbeat.
 */
const patient: ActivityOptions = {
  startToCloseTimeout: '3m',
  scheduleToCloseTimeout: '24h',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
};

export const { getFlowRunStatus, cancelFlowRun } = proxyActivities<FlowRunActivities>(patient);

/** Outputs of up to 32 MiB come in ranges. */
export const { getFlowOutputs } = proxyActivities<FlowRunActivities>({
  ...patient,
  startToCloseTimeout: '10m',
});

/**
 * The activity itself refuses to post again after an attempt whose outcome is in doubt, so it may have the same
 * patience. A cancellation waits for the answer of a trigger in flight: its robot must be known to be stopped.
 */
export const { triggerFlowRun } = proxyActivities<FlowRunActivities>({
  ...patient,
  startToCloseTimeout: '5m',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});
