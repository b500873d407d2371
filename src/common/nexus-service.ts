/**
 * SHARED: may run anywhere. The Nexus service `DesktopFlows`, for callers in other namespaces. Names on the wire: the
 * service's, and those of its operations.
 */
import * as nexus from 'nexus-rpc';
import type { RunDesktopFlowsInput } from './batch';
import type { RunDesktopFlowsResult } from './batch-result';
import type { AdoptFlowRunInput, RunDesktopFlowInput } from './input';
import type { RunDesktopFlowResult } from './result';

export interface NexusWorkflowId {
  /**
   * Of the workflow that the operation starts, 1 to 1000 characters. While one of this id is under way, the operation
   * fails. @default one of the operation's own, the same however often its start is tried
   */
  workflowId?: string;
}

export type RunDesktopFlowOperationInput = (RunDesktopFlowInput | AdoptFlowRunInput) & NexusWorkflowId;

export type RunDesktopFlowsOperationInput = RunDesktopFlowsInput & NexusWorkflowId;

/** For `createNexusServiceClient` of `@temporalio/workflow`. */
export const desktopFlowsService = nexus.service('DesktopFlows', {
  runDesktopFlow: nexus.operation<RunDesktopFlowOperationInput, RunDesktopFlowResult>(),
  runDesktopFlows: nexus.operation<RunDesktopFlowsOperationInput, RunDesktopFlowsResult>(),
});
