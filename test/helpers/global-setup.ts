/**
 * Before all tests: one Temporal dev server for those that need a real one, and the time-skipping test server ready to
 * be started by those that need time to pass. Tests read where from TEST_TEMPORAL_ADDRESS and
 * TEST_TEMPORAL_TIME_SKIPPING_SERVER.
 */
import { type DevServer, findTestServer, startDevServer } from '../../src/testing/temporal-servers';
import { shareBundle } from './bundle';
import { PROMPT_TIMERS } from './prompt-timers';

declare global {
  var testDevServer: DevServer | undefined;
}

/** Folders whose tests talk to no Temporal server, or start their own. A run of nothing else should not wait for one. */
const withoutTemporal = /^(\.\/)?test\/(callback|common|config|dataverse|docker|testing|tools)\b/;

export default async function globalSetup({
  testPathPatterns,
}: {
  testPathPatterns: { patterns: string[] };
}): Promise<void> {
  const { patterns } = testPathPatterns;
  if (patterns.length > 0 && patterns.every((pattern) => withoutTemporal.test(pattern))) return;

  await Promise.all([shareBundle(), prepareServers()]);
}

async function prepareServers(): Promise<void> {
  process.env.TEST_TEMPORAL_TIME_SKIPPING_SERVER = await findTestServer();
  globalThis.testDevServer = await startDevServer({ ui: false, dynamicConfig: PROMPT_TIMERS });
  process.env.TEST_TEMPORAL_ADDRESS = globalThis.testDevServer.address;
}
