/** Workflows bundled as the build does it, from the sources as they stand, once for all test files. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';

const ROOT = path.join(__dirname, '..', '..');

/** The folder of the bundle, which the global set-up of the tests leaves in the environment. */
const SHARED = 'TEST_WORKFLOW_BUNDLE';

interface BundleTool {
  bundleWorkflows(
    workflowsPath: string,
    workflowInterceptorModules?: string[],
    failureConverterPath?: string,
  ): Promise<WorkflowBundleWithSourceMap>;
}

export const { bundleWorkflows: bundle }: BundleTool = require('../../tools/bundle-workflows.js');

let shared: Promise<WorkflowBundleWithSourceMap> | undefined;

export function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  shared ??= readBundle();
  return shared;
}

async function readBundle(): Promise<WorkflowBundleWithSourceMap> {
  const folder = process.env[SHARED];
  if (folder === undefined)
    throw new Error(`${SHARED} is not set: run the tests with jest, from the root of the project`);
  return JSON.parse(await readFile(path.join(folder, 'bundle.json'), 'utf8'));
}

export async function shareBundle(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'test-workflow-bundle-'));
  const made = await bundle(path.join(ROOT, 'src', 'workflows', 'index.ts'));
  await writeFile(path.join(folder, 'bundle.json'), JSON.stringify(made));
  process.env[SHARED] = folder;
}

export async function removeBundle(): Promise<void> {
  const folder = process.env[SHARED];
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}
