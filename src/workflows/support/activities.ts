/** SANDBOX: the activities as the workflows call them: how long each may take, and what is done when it fails. */
import { ActivityCancellationType, type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import type { FlowRunActivities } from '../../common/activities';

/**
 * Passing trouble of Dataverse is waited out: a robot that works must not fail because nobody could look at it. For how
 * long is said by whoever calls (see `patience.ts`). A worker that died is noticed by its missing heartbeat.
 */
const patient: ActivityOptions = {
  startToCloseTimeout: '3m',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
};

export const { getFlowRunStatus, cancelFlowRun, collectFlowRuns } =
  proxyActivities<FlowRunActivities>(patient);

/** Outputs of up to 32 MiB come in ranges. */
export const { getFlowOutputs } = proxyActivities<FlowRunActivities>({
  ...patient,
  startToCloseTimeout: '10m',
});

/**
 * One attempt: what comes after it is decided in `start-robot.ts`. The activity waits for a request to time out, and for
 * a lost robot to appear. A cancellation waits for what it finds: the robot must be known to be stopped. It is told by
 * the answer to a heartbeat, so those come often.
 */
export const { triggerFlowRun } = proxyActivities<FlowRunActivities>({
  ...patient,
  startToCloseTimeout: '10m',
  heartbeatTimeout: '10s',
  retry: { maximumAttempts: 1 },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

export const { findFlowRun } = proxyActivities<FlowRunActivities>({
  ...patient,
  startToCloseTimeout: '10m',
  heartbeatTimeout: '10s',
});
