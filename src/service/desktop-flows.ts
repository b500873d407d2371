/**
 * SHARED: desktop flows as a service sees them: started, followed and stopped by a client of Temporal, typed from end to
 * end. Of the SDK it needs the types alone, so that whoever imports it chooses which client there is.
 */
import type { Client, WorkflowStartOptions } from '@temporalio/client';
import type { AdoptFlowRunInput, RunDesktopFlowInput } from '../common/input';
import { DEFAULT_TASK_QUEUE, RUN_DESKTOP_FLOW } from '../common/messages';
import { DesktopFlowRun, type Workflow } from './desktop-flow-run';
import type { DesktopFlowOutcome } from './outcome';

export interface DesktopFlowsOptions {
  /** Of the worker. @default 'power-automate' */
  taskQueue?: string;
}

/** Any option of a workflow; its id made from what the run is about, such as the number of an invoice. */
export interface StartDesktopFlowOptions extends Omit<WorkflowStartOptions, 'args' | 'taskQueue'> {
  /** While a run of this id is under way, Temporal refuses another one. */
  workflowId: string;
  /** @default that of the `DesktopFlows` */
  taskQueue?: string;
}

/** Starts and finds runs: `new DesktopFlows(client)`. */
export class DesktopFlows {
  readonly #workflows: Client['workflow'];
  readonly #taskQueue: string;

  constructor(
    { workflow }: Pick<Client, 'workflow'>,
    { taskQueue = DEFAULT_TASK_QUEUE }: DesktopFlowsOptions = {},
  ) {
    this.#workflows = workflow;
    this.#taskQueue = taskQueue;
  }

  /** @throws WorkflowExecutionAlreadyStartedError of `@temporalio/client`: see `workflowIdConflictPolicy`. */
  async start<Outputs = Record<string, unknown>>(
    input: RunDesktopFlowInput | AdoptFlowRunInput,
    options: StartDesktopFlowOptions,
  ): Promise<DesktopFlowRun<Outputs>> {
    const { workflowId, firstExecutionRunId } = await this.#workflows.start<Workflow>(RUN_DESKTOP_FLOW, {
      taskQueue: this.#taskQueue,
      ...options,
      args: [input],
    });
    return new DesktopFlowRun(
      this.#workflows.getHandle<Workflow>(workflowId, undefined, { firstExecutionRunId }),
    );
  }

  /** Starts a run and waits for its end. A bad end is a value too: only Temporal's own trouble is thrown. */
  async run<Outputs = Record<string, unknown>>(
    input: RunDesktopFlowInput | AdoptFlowRunInput,
    options: StartDesktopFlowOptions,
  ): Promise<DesktopFlowOutcome<Outputs>> {
    const run = await this.start<Outputs>(input, options);
    return run.result();
  }

  /** Does not ask Temporal whether there is such a run. @param runId of one execution. @default the latest */
  get<Outputs = Record<string, unknown>>(workflowId: string, runId?: string): DesktopFlowRun<Outputs> {
    return new DesktopFlowRun(this.#workflows.getHandle<Workflow>(workflowId, runId));
  }
}
