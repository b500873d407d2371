/**
 * Lets the SDK download one of its servers: `node sdk-download.js (dev-server|time-skipping) <directory>`.
 *
 * A process of its own, because the download runs in the SDK's native core, has no time-out there and cannot be
 * aborted: only ending the process ends it. The SDK offers no download without a start, so the server runs for a moment.
 */
const { TestWorkflowEnvironment } = require('@temporalio/testing');

async function run() {
  const [kind, downloadDir] = process.argv.slice(2);
  const server = { executable: { type: 'cached-download', downloadDir } };
  const environment =
    kind === 'dev-server'
      ? await TestWorkflowEnvironment.createLocal({ server })
      : await TestWorkflowEnvironment.createTimeSkipping({ server });
  await environment.teardown();
}

run().catch((error) => {
  // The address, in full and twice, hides the cause at the end.
  console.error(error.message.replaceAll(/error sending request for url \([^)]*\): /g, ''));
  process.exit(1);
});
