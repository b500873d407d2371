/** SHARED: one run, as the service that has started it sees it, or any other. */
import type { WorkflowHandle } from '@temporalio/client';
import type { AdoptFlowRunInput, RunDesktopFlowInput } from '../common/input';
import {
  AWAIT_FLOW_SESSION,
  DESKTOP_FLOW_RUN,
  type DesktopFlowRunView,
  type FlowSessionReference,
} from '../common/messages';
import type { RunDesktopFlowResult } from '../common/result';
import { type DesktopFlowOutcome, outcomeOf } from './outcome';

/** The workflow `RunDesktopFlow`, by its type alone. */
export type Workflow = (input: RunDesktopFlowInput | AdoptFlowRunInput) => Promise<RunDesktopFlowResult>;

export class DesktopFlowRun<Outputs = Record<string, unknown>> {
  readonly #handle: WorkflowHandle<Workflow>;

  constructor(handle: WorkflowHandle<Workflow>) {
    this.#handle = handle;
  }

  get workflowId(): string {
    return this.#handle.workflowId;
  }

  /**
   * Waits until a robot is started.
   * @returns its flow session; null where the run ended before a robot was started, and `result()` says why.
   */
  async session(): Promise<string | null> {
    try {
      const { flowSessionId } = await this.#handle.executeUpdate<FlowSessionReference, []>(
        AWAIT_FLOW_SESSION,
      );
      return flowSessionId;
    } catch (error) {
      if (!isOver(error)) throw error;
      const { flowSessionId } = await this.view();
      return flowSessionId;
    }
  }

  /** What the run does at the moment. Needs a worker, also for a run that is over. */
  async view(): Promise<DesktopFlowRunView> {
    return this.#handle.query<DesktopFlowRunView>(DESKTOP_FLOW_RUN);
  }

  /** Waits for the end, good or bad. */
  async result(): Promise<DesktopFlowOutcome<Outputs>> {
    try {
      const result = await this.#handle.result();
      return { kind: 'succeeded', result: { ...result, outputs: result.outputs as Outputs | null } };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  /** Asks the run to stop its robot and end. It has ended when `result()` says so. */
  async cancel(): Promise<void> {
    await this.#handle.cancel();
  }
}

/** The run has refused the update because it ended, or ended before the update came. */
function isOver(error: unknown): boolean {
  const { name } = error as Error;
  return name === 'WorkflowUpdateFailedError' || name === 'WorkflowNotFoundError';
}
