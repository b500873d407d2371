/** Workflows of this service, and those of Power Automate beside them. */
import {
  CancellationScope,
  createNexusServiceClient,
  isCancellation,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import {
  desktopFlowsService,
  type FlowRunActivities,
  type GetFlowRunStatusResult,
  type RunDesktopFlowInput,
  runDesktopFlow,
} from 'temporal-power-automate/workflow';

export { RunDesktopFlow, RunDesktopFlows, WatchFlowRuns } from 'temporal-power-automate/workflow';

type Outputs = Record<string, unknown> | null;

/** A robot in a workflow of one's own, in a worker with the plugin. */
export async function payInvoice(flow: RunDesktopFlowInput): Promise<Outputs> {
  const { outputs } = await runDesktopFlow(flow);
  return outputs;
}

export interface Booking {
  endpoint: string;
  flow: RunDesktopFlowInput;
}

/** From a namespace that the worker of Power Automate is not in. Cancelling this workflow stops the robot. */
export async function bookInvoice({ endpoint, flow }: Booking): Promise<Outputs> {
  const flows = createNexusServiceClient({ endpoint, service: desktopFlowsService });
  const { outputs } = await flows.executeOperation('runDesktopFlow', flow);
  return outputs;
}

/** NotSpecified, Paused, Running, Waiting and Suspended. Codes that are not documented count as not ended, too. */
const ENDED = new Set([4, 5, 7, 8, 9, 10, 11, 12, 13, 14]);

export interface Order {
  /** Of the worker of Power Automate. */
  taskQueue: string;
  flow: RunDesktopFlowInput;
  patienceSeconds: number;
}

/** The single operations, as activities of the worker of Power Automate: for a workflow that wants to decide itself. */
export async function enterInvoice({ taskQueue, flow, patienceSeconds }: Order): Promise<Outputs> {
  const operations = proxyActivities<FlowRunActivities>({
    taskQueue,
    // It waits up to ten minutes for a robot of which the answer was lost. However often it is tried, one robot starts.
    startToCloseTimeout: '10 minutes',
    heartbeatTimeout: '30 seconds',
  });
  const { flowSessionId } = await operations.triggerFlowRun(flow);
  try {
    const robot = await CancellationScope.withTimeout(patienceSeconds * 1000, async () => {
      for (;;) {
        const seen: GetFlowRunStatusResult = await operations.getFlowRunStatus({ flowSessionId });
        if (ENDED.has(seen.statusCode)) return seen;
        await sleep('1 second');
      }
    });
    if (robot.status !== 'Succeeded') throw new Error(`The robot ended as ${robot.status}`);
  } catch (error) {
    // In a scope of its own, so that a cancelled workflow stops its robot as well.
    if (isCancellation(error))
      await CancellationScope.nonCancellable(() => operations.cancelFlowRun({ flowSessionId }));
    throw error;
  }
  return (await operations.getFlowOutputs({ flowSessionId })).outputs;
}
