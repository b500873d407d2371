/**
 * SANDBOX: with worker versioning, which versions of a worker a workflow may go on with (docs/upgrades.md has why):
 *
 * - a run is pinned: it lasts as long as its robot, and ends where it began. A run so long that it continues as new goes on
 *   with the current version;
 * - a batch is pinned, and continues as new as soon as another version is current, which then starts the next items;
 * - a watcher upgrades by itself: it serves the runs of all versions, and never ends while there are robots.
 *
 * Not said where the workflows are defined: the server refuses it from a worker without versions, and tries the task again
 * for ever.
 */
import { setWorkflowOptions } from '@temporalio/workflow';
import { runDesktopFlows } from './batch/run-desktop-flows';
import { runDesktopFlow } from './run/run-desktop-flow';
import { watchFlowRuns } from './watch/watch-flow-runs';

type Workflow = (...args: never[]) => Promise<unknown>;

/**
 * Declares the versioning behavior of `RunDesktopFlow`, `RunDesktopFlows` and `WatchFlowRuns`. Call this where the workflows of
 * a worker are exported, never in a workflow, and only if the worker has `useWorkerVersioning: true`. `PowerAutomatePlugin`
 * does so where it bundles the workflows. Behavior that you have given to one of them by `setWorkflowOptions` stays.
 */
export function declareVersioning(): void {
  declare(runDesktopFlow, 'PINNED');
  declare(runDesktopFlows, 'PINNED');
  declare(watchFlowRuns, 'AUTO_UPGRADE');
}

function declare(workflow: Workflow, versioningBehavior: 'PINNED' | 'AUTO_UPGRADE'): void {
  if (!('workflowDefinitionOptions' in workflow)) setWorkflowOptions({ versioningBehavior }, workflow);
}
