import { TestWorkflowEnvironment } from '@temporalio/testing';
import { findTestServer } from '../../../src/testing/temporal-servers';
import { createWorkbench, silentProxy, type Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.remove());

/** A `mvn` that leaves one file where it is told to copy the dependencies. */
const copyingMaven = `
for argument; do
  case $argument in -DoutputDirectory=*) echo not-the-jar > "\${argument#*=}/grpc-core-1.76.0.jar" ;; esac
done`;

test('the server that is found skips time', async () => {
  const path = await findTestServer();
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  try {
    const before = await environment.currentTimeMs();
    const startedAt = Date.now();
    await environment.sleep('1 day');
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(86_400_000);
    expect(Date.now() - startedAt).toBeLessThan(60_000);
  } finally {
    await environment.teardown();
  }
}, 600_000);

test('jars that do not match their pinned checksums are refused, and none is kept', async () => {
  bench.install('java', '');
  bench.install('mvn', copyingMaven);
  await expect(findTestServer(bench.options)).rejects.toThrow(
    'grpc-core-1.76.0.jar does not match its pinned SHA-256 checksum; not used',
  );
  expect(bench.entries()).toEqual([]);
});

test('a hanging download is ended, and Maven is tried next with its own verification on', async () => {
  const proxy = await silentProxy();
  bench.options.env.HTTPS_PROXY = proxy.url;
  bench.install('java', '');
  bench.install('mvn', 'exit 1');
  await expect(findTestServer({ ...bench.options, downloadPatience: '1s' })).rejects.toThrow(
    'made no progress for 1 s',
  );
  expect(bench.calls('mvn')).toEqual([expect.stringContaining('--strict-checksums')]);
  proxy.close();
});

test('without Java, Maven is not asked, and the error says what to install', async () => {
  bench.install('mvn', copyingMaven);
  await expect(findTestServer(bench.options)).rejects.toThrow(/install Java 8 or later and Maven/);
  expect(bench.calls('mvn')).toEqual([]);
});
