/** HOST: the operations on Dataverse as Temporal activities, for the worker and for anybody's own. */
import type { FlowRunActivities } from '../common/activities';
import type { WatcherActivities } from '../common/watch';
import { createCancelFlowRun } from './cancel-flow-run';
import { createCollectFlowRuns } from './collect-flow-runs';
import { createGetFlowOutputs } from './get-flow-outputs';
import { createGetFlowRunStatus } from './get-flow-run-status';
import { type ConnectorOptions, createConnector } from './support/dataverse-clients';
import { createFindFlowRun } from './trigger/find-flow-run';
import { createTriggerFlowRun } from './trigger/trigger-flow-run';
import { createWatch } from './watch/hand-over';
import { createWatcherActivities } from './watch/look-at-flow-runs';

export type { ConnectorOptions } from './support/dataverse-clients';

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
