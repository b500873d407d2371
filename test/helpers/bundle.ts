/** Workflows bundled by the SDK's own bundler, from the sources as they stand, once a test file. */
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

const WORKFLOWS = path.join(__dirname, '..', '..', 'src', 'workflows');

const quiet = new DefaultLogger('ERROR');

/** As `tools/bundle-workflows.js` does it. */
export function bundle(workflowsPath: string): Promise<WorkflowBundleWithSourceMap> {
  const preloadModules = [path.join(WORKFLOWS, 'preload.ts')];
  return bundleWorkflowCode({ workflowsPath, preloadModules, logger: quiet });
}

let shared: Promise<WorkflowBundleWithSourceMap> | undefined;

export function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  shared ??= bundle(path.join(WORKFLOWS, 'index.ts'));
  return shared;
}
