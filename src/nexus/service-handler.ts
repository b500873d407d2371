/** HOST: carries out the Nexus service `DesktopFlows`: each operation is a workflow on the worker's own task queue. */
import { WorkflowRunOperationHandler } from '@temporalio/nexus';
import { type ServiceHandler, serviceHandler } from 'nexus-rpc';
import { parseRunDesktopFlowsInput } from '../common/batch';
import type { RunDesktopFlowsResult } from '../common/batch-result';
import { parseRunDesktopFlowInput } from '../common/input';
import { RUN_DESKTOP_FLOW, RUN_DESKTOP_FLOWS } from '../common/messages';
import {
  desktopFlowsService,
  type RunDesktopFlowOperationInput,
  type RunDesktopFlowsOperationInput,
} from '../common/nexus-service';
import type { RunDesktopFlowResult } from '../common/result';
import { checkedInput } from './operation-input';
import { startOnce } from './start-once';

/** Cancelling an operation cancels its workflow, which stops the robots. */
export function createDesktopFlowsService(): ServiceHandler {
  return serviceHandler(desktopFlowsService, {
    runDesktopFlow: new WorkflowRunOperationHandler<RunDesktopFlowOperationInput, RunDesktopFlowResult>(
      (context, input) => startOnce(context, RUN_DESKTOP_FLOW, checkedInput(input, parseRunDesktopFlowInput)),
    ),
    runDesktopFlows: new WorkflowRunOperationHandler<RunDesktopFlowsOperationInput, RunDesktopFlowsResult>(
      (context, input) =>
        startOnce(context, RUN_DESKTOP_FLOWS, checkedInput(input, parseRunDesktopFlowsInput)),
    ),
  });
}
