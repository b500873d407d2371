/** SANDBOX: the messages of `RunDesktopFlow` as the Temporal SDK wants them. Names and types: `common/messages.ts`. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import {
  AWAIT_FLOW_SESSION,
  DESKTOP_FLOW_COMPLETED,
  DESKTOP_FLOW_RUN,
  type DesktopFlowRunView,
  type FlowSessionReference,
} from '../common/messages';

export const desktopFlowCompletedSignal = defineSignal<[FlowSessionReference]>(DESKTOP_FLOW_COMPLETED);
export const desktopFlowRunQuery = defineQuery<DesktopFlowRunView>(DESKTOP_FLOW_RUN);
export const awaitFlowSessionUpdate = defineUpdate<FlowSessionReference>(AWAIT_FLOW_SESSION);
