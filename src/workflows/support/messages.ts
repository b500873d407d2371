/** SANDBOX: the messages of the workflows, defined for the SDK. Names and types: `common/messages.ts`, `common/watch.ts`. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import {
  AWAIT_FLOW_SESSION,
  DESKTOP_FLOW_BATCH,
  DESKTOP_FLOW_COMPLETED,
  DESKTOP_FLOW_RUN,
  type DesktopFlowBatchView,
  type DesktopFlowRunView,
  type FlowSessionReference,
} from '../../common/messages';
import {
  DESKTOP_FLOW_ENDED,
  type EndedRobot,
  FORGET_WATCHED,
  RELIEVE_WATCH,
  WATCH_MORE,
  type WatchedRobot,
  type WatchReference,
} from '../../common/watch';

export const desktopFlowCompletedSignal = defineSignal<[FlowSessionReference]>(DESKTOP_FLOW_COMPLETED);
export const desktopFlowRunQuery = defineQuery<DesktopFlowRunView>(DESKTOP_FLOW_RUN);
export const desktopFlowBatchQuery = defineQuery<DesktopFlowBatchView>(DESKTOP_FLOW_BATCH);
export const awaitFlowSessionUpdate = defineUpdate<FlowSessionReference>(AWAIT_FLOW_SESSION);

export const desktopFlowEndedSignal = defineSignal<[EndedRobot]>(DESKTOP_FLOW_ENDED);
export const watchMoreSignal = defineSignal<[WatchedRobot[]]>(WATCH_MORE);
export const forgetWatchedSignal = defineSignal<[string[]]>(FORGET_WATCHED);
export const relieveWatchSignal = defineSignal<[WatchReference]>(RELIEVE_WATCH);
