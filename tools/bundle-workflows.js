/**
 * Bundles the workflows, so that a worker starts without a bundler. Part of `npm run build`.
 * From the sources: webpack leaves out unused modules of ES imports, not of the compiled `require` calls.
 */
const { writeFile } = require('node:fs/promises');
const path = require('node:path');
const { bundleWorkflowCode } = require('@temporalio/worker');

const root = path.join(__dirname, '..');
const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error };

async function main() {
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(root, 'src', 'workflows', 'worker-bundle.ts'),
    preloadModules: [path.join(root, 'src', 'workflows', 'preload.ts')],
    logger: quiet,
  });
  await writeFile(path.join(root, 'dist', 'workflow-bundle.js'), code);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
