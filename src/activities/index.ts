/** HOST: the operations on Dataverse as Temporal activities, for this worker and for workers of others. */
import type { FlowRunActivities } from '../common/activities';
import type { WatcherActivities } from '../common/watch';
import { signingKeysFrom } from '../config/signing-keys';
import { createCancelFlowRun } from './cancel-flow-run';
import { createCollectFlowRuns } from './collect-flow-runs';
import { createExplainFlowRun } from './explain-flow-run';
import { createFindStartedFlowRuns } from './find-started-flow-runs';
import { createGetFlowOutputs } from './get-flow-outputs';
import { createGetFlowRunStatus } from './get-flow-run-status';
import { createCheckResultExpression, createEvaluateResultExpression } from './result-expression';
import { createClientFor } from './support/dataverse-clients';
import type { CreateActivitiesOptions } from './support/options';
import { outputsRoom } from './support/read-outputs';
import { createShownBy } from './support/search-attributes';
import { CallbackBase } from './trigger/callback-base';
import { createFindFlowRun } from './trigger/find-flow-run';
import { createTriggerFlowRun } from './trigger/trigger-flow-run';
import { createHandOver } from './watch/hand-over';
import { createWatcherActivities } from './watch/watcher-activities';

export type { CreateActivitiesOptions } from './support/options';

/** Creates the activities, by their names on the wire. */
export function createActivities(options: CreateActivitiesOptions): FlowRunActivities & WatcherActivities {
  const clientFor = createClientFor(options);
  const handOver = createHandOver(options);
  const room = outputsRoom(options);
  const triggerOptions = {
    ...options,
    callbackBase: new CallbackBase(options.callbackBaseUrl),
    keys: signingKeysFrom(options),
    shown: createShownBy(options),
  };
  return {
    triggerFlowRun: createTriggerFlowRun(clientFor, handOver, triggerOptions),
    findFlowRun: createFindFlowRun(clientFor, handOver, triggerOptions),
    getFlowRunStatus: createGetFlowRunStatus(clientFor, handOver, options),
    getFlowOutputs: createGetFlowOutputs(clientFor, room),
    cancelFlowRun: createCancelFlowRun(clientFor),
    explainFlowRun: createExplainFlowRun(clientFor, options),
    checkResultExpression: createCheckResultExpression(),
    evaluateResultExpression: createEvaluateResultExpression(room),
    ...createWatcherActivities(clientFor, options),
    findStartedFlowRuns: createFindStartedFlowRuns(),
    collectFlowRuns: createCollectFlowRuns(),
  };
}
