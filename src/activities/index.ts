/** HOST: the operations on Dataverse as Temporal activities, for the worker and for anybody's own. */
import type { FlowRunActivities } from '../common/activities';
import { createCancelFlowRun } from './cancel-flow-run';
import { type ConnectorOptions, createConnector } from './connect';
import { createFindFlowRun } from './find-flow-run';
import { createGetFlowOutputs } from './get-flow-outputs';
import { createGetFlowRunStatus } from './get-flow-run-status';
import { createTriggerFlowRun } from './trigger-flow-run';

export type { ConnectorOptions } from './connect';

/** The activities, by the names that they have on the wire. */
export function createActivities(options: ConnectorOptions): FlowRunActivities {
  const connect = createConnector(options);
  return {
    triggerFlowRun: createTriggerFlowRun(connect, options),
    findFlowRun: createFindFlowRun(connect, options),
    getFlowRunStatus: createGetFlowRunStatus(connect),
    getFlowOutputs: createGetFlowOutputs(connect),
    cancelFlowRun: createCancelFlowRun(connect),
  };
}
