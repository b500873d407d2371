/** Workflows bundled as the build does it, from the sources as they stand, once a test file. */
import path from 'node:path';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';

const ROOT = path.join(__dirname, '..', '..');

interface BundleTool {
  bundleWorkflows(workflowsPath: string): Promise<WorkflowBundleWithSourceMap>;
}

export const { bundleWorkflows: bundle }: BundleTool = require('../../tools/bundle-workflows.js');

let shared: Promise<WorkflowBundleWithSourceMap> | undefined;

export function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  shared ??= bundle(path.join(ROOT, 'src', 'workflows', 'index.ts'));
  return shared;
}
