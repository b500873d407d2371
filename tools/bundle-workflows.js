/**
 * Bundles the workflows, so that a worker starts without a bundler. Part of `npm run build`.
 * From the sources: webpack leaves out unused modules of ES imports, not of the compiled `require` calls.
 */
const { writeFile } = require('node:fs/promises');
const path = require('node:path');
const { bundleWorkflowCode } = require('@temporalio/worker');

const root = path.join(__dirname, '..');
const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error };

/**
 * The tests bundle by it too. Sources are named from the root of the project: a bundle is the same in any folder. All
 * runs of a worker share the modules, which are loaded once: loaded again for each run they are half of what it holds.
 * So no module of a workflow may keep state (`test/workflows/shared-modules.test.ts`), and what they export is frozen.
 */
function bundleWorkflows(
  workflowsPath,
  workflowInterceptorModules = [],
  failureConverterPath,
  payloadConverterPath,
) {
  return bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules,
    failureConverterPath,
    payloadConverterPath,
    preloadModules: [workflowsPath],
    logger: quiet,
    webpackConfigHook(config) {
      // No sources in the map: stack traces need only names and lines, and every worker keeps the map in memory.
      config.devtool = 'inline-nosources-source-map';
      config.output.devtoolModuleFilenameTemplate = ({ absoluteResourcePath }) =>
        path.relative(root, absoluteResourcePath);
      return config;
    },
  });
}

/** Those of the worker process: Temporal's server takes versioning behavior from a worker with versions, and refuses it from others. */
const FOLLOWING = { '': 'worker-bundle.ts', '-versioned': 'versioned-worker-bundle.ts' };

/** Of a worker that encrypts: a bundle has one converter of failures. */
const CONVERTING = { '': undefined, '-encrypting': path.join(root, 'src', 'common', 'encoded-failures.ts') };

async function main() {
  const workflows = path.join(root, 'src', 'workflows');
  const interceptors = [path.join(workflows, 'trace-interceptors.ts')];
  const payloads = path.join(root, 'src', 'common', 'payload-converter.ts');
  for (const [following, file] of Object.entries(FOLLOWING)) {
    for (const [converting, failureConverterPath] of Object.entries(CONVERTING)) {
      const { code } = await bundleWorkflows(
        path.join(workflows, file),
        interceptors,
        failureConverterPath,
        payloads,
      );
      await writeFile(path.join(root, 'dist', `workflow-bundle${following}${converting}.js`), code);
    }
  }
}

module.exports = { bundleWorkflows };

if (require.main === module) {
  main().catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}
