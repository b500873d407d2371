/** SANDBOX: the activities as the workflows call them: how long each may take, and how it is retried. */
import { ActivityCancellationType, type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import type { FlowRunActivities } from '../../common/activities';

/**
 * Waits out trouble of Dataverse that passes: a robot that works must not fail because nobody could look at it. The
 * caller says for how long (see `patience.ts`). A dead worker is noticed by its missing heartbeat.
 */
const patient: ActivityOptions = {
  startToCloseTimeout: '3m',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
};

export const { getFlowRunStatus, cancelFlowRun, findStartedFlowRuns, collectFlowRuns } =
  proxyActivities<FlowRunActivities>(patient);

/** No request: a moment of work, and the time to fetch large outputs. The caller says for how long a worker is waited for. */
export const { checkResultExpression, evaluateResultExpression } = proxyActivities<FlowRunActivities>({
  startToCloseTimeout: '3m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/**
 * Outputs of up to 32 MiB come in ranges. The worker puts large ones into external storage when the activity has ended, and
 * no heartbeat comes any more: within a minute, see `TRANSFER_TIMEOUT_MS` in `storage/payload-driver.ts`.
 */
export const { getFlowOutputs } = proxyActivities<FlowRunActivities>({
  ...patient,
  startToCloseTimeout: '10m',
  heartbeatTimeout: '90s',
});

/** For a failure that is certain already: it does not wait long for why. */
export const { explainFlowRun } = proxyActivities<FlowRunActivities>({
  startToCloseTimeout: '40s',
  scheduleToCloseTimeout: '1m',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '1s', maximumAttempts: 3 },
});

/**
 * Makes one attempt; `start-robot.ts` decides what follows. The activity waits for a request to time out, and for a lost
 * robot to appear. A cancellation waits for its result: the robot must be known to be stopped. The cancellation arrives
 * with the answer to a heartbeat, so heartbeats are frequent.
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
