/** Workflows bundled by the SDK's own bundler, from the sources as they stand, once a test file. */
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

const WORKFLOWS = path.join(__dirname, '..', '..', 'src', 'workflows', 'index.ts');

const quiet = new DefaultLogger('ERROR');

export function bundle(workflowsPath: string): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({ workflowsPath, logger: quiet });
}

let shared: Promise<WorkflowBundleWithSourceMap> | undefined;

export function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  shared ??= bundle(WORKFLOWS);
  return shared;
}
