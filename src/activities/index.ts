/** HOST: the operations on Dataverse as Temporal activities, for the worker and for anybody's own. */
import type { FlowRunActivities } from '../common/activities';
import type { WatcherActivities } from '../common/watch';
import { createCancelFlowRun } from './cancel-flow-run';
import { createCollectFlowRuns } from './collect-flow-runs';
import { type ConnectorOptions, createConnector } from './connect';
import { createFindFlowRun } from './find-flow-run';
import { createGetFlowOutputs } from './get-flow-outputs';
import { createGetFlowRunStatus } from './get-flow-run-status';
import { createTriggerFlowRun } from './trigger-flow-run';
import { createWatch } from './watch';
import { createWatcherActivities } from './watcher-activities';

export type { ConnectorOptions } from './connect';

/** The activities, by the names that they have on the wire. */
export function createActivities(options: ConnectorOptions): FlowRunActivities & WatcherActivities {
  const connect = createConnector(options);
  const watch = createWatch(options);
  return {
    triggerFlowRun: createTriggerFlowRun(connect, watch, options),
    findFlowRun: createFindFlowRun(connect, watch, options),
    getFlowRunStatus: createGetFlowRunStatus(connect, watch),
    getFlowOutputs: createGetFlowOutputs(connect),
    cancelFlowRun: createCancelFlowRun(connect),
    ...createWatcherActivities(connect),
    collectFlowRuns: createCollectFlowRuns(),
  };
}
