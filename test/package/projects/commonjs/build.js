/** Bundles the worker and its workflows, as one does before deploying: what is native stays outside. */
const { mkdir, writeFile } = require('node:fs/promises');
const { bundleWorkflowCode } = require('@temporalio/worker');
const { build } = require('esbuild');
const { PowerAutomatePlugin } = require('temporal-power-automate');

async function main() {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('./workflows'),
    plugins: [new PowerAutomatePlugin()],
  });
  await mkdir('dist', { recursive: true });
  await writeFile('dist/workflow-bundle.js', code);
  await build({
    entryPoints: ['bundled.js'],
    outfile: 'dist/index.js',
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: ['@temporalio/*'],
  });
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
