import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDevServer } from '../../../src/testing/temporal-servers';
import { pinnedCliVersion } from '../../../src/testing/temporal-servers/pins';
import { itTakesLong } from '../../helpers/long-tests';
import { buildingGo, createWorkbench, silentProxy, type Workbench } from './workbench';

const entry = `temporal-cli-${pinnedCliVersion()}-${process.platform}-${process.arch}`;
const version = (server: string) => `echo 'temporal version 1.8.2 (Server ${server}, UI 2.50.1)'`;

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.remove());

test('TEMPORAL_ADDRESS comes before everything else', async () => {
  bench.install('temporal', version('1.31.2'));
  bench.options.env.TEMPORAL_ADDRESS = 'temporal.example:7233';
  await expect(findDevServer(bench.options)).resolves.toEqual({
    kind: 'address',
    address: 'temporal.example:7233',
  });
  expect(bench.calls('temporal')).toEqual([]);
});

test('an empty TEMPORAL_ADDRESS counts as unset, and `temporal` on the PATH is used', async () => {
  bench.install('temporal', version('1.31.2'));
  bench.options.env.TEMPORAL_ADDRESS = '';
  await expect(findDevServer(bench.options)).resolves.toMatchObject({
    kind: 'executable',
    path: join(bench.directory, 'bin', 'temporal'),
  });
});

test.each([
  ['cannot start', 'echo "bad CPU type" >&2; exit 126', 'temporal ended with exit code 126: bad CPU type'],
  ['has too old a server', version('1.24.2'), 'has server 1.24.2; at least 1.26 is needed'],
  ['is something else', 'echo hello', "does not show its server's version"],
])('a `temporal` on the PATH that %s is passed over in one line', async (_, script, reason) => {
  bench.install('temporal', script);
  bench.install('go', buildingGo);
  await expect(findDevServer(bench.options)).resolves.toMatchObject({ origin: 'built with Go' });
  expect(bench.reports[0]).toContain(reason);
  expect(bench.reports[0]).not.toContain('\n');
});

test('a build with Go goes into the cache, and the next search ends there without a word', async () => {
  bench.install('go', buildingGo);
  await findDevServer(bench.options);
  expect(bench.reports.at(-1)).toMatch(/Building Temporal's dev server .* with Go/);
  bench.reports.length = 0;

  await expect(findDevServer(bench.options)).resolves.toEqual({
    kind: 'executable',
    path: join(bench.cache, entry, 'temporal'),
    origin: 'cached',
  });
  expect(bench.calls('go')).toHaveLength(1);
  expect(bench.reports).toEqual([]);
});

itTakesLong(
  "the SDK's download is ended when it hangs, as it does behind a proxy that never answers",
  async () => {
    const proxy = await silentProxy();
    bench.install('go', buildingGo);
    bench.options.env.HTTPS_PROXY = proxy.url;
    await expect(findDevServer({ ...bench.options, downloadPatience: '5s' })).resolves.toMatchObject({
      origin: 'built with Go',
    });
    const [socket] = await proxy.connected;
    if (!socket.closed) await new Promise((resolve) => socket.resume().once('close', resolve));
    expect(bench.reports[0]).toBe(
      "Temporal dev server: the SDK's download: node made no progress for 5 s and was ended",
    );
    expect(bench.entries()).toEqual([entry]);
    proxy.close();
  },
);

test("the SDK's download may take its time as long as it grows, and is kept", async () => {
  // Stands in for the SDK inside the download's process: writes for longer than the patience, a little at a time.
  const fakeSdk = join(bench.directory, 'fake-sdk.js');
  writeFileSync(
    fakeSdk,
    `const { appendFileSync, renameSync } = require('node:fs');
     const { setTimeout } = require('node:timers/promises');
     async function createLocal({ server: { executable: { downloadDir } } }) {
       for (let i = 0; i < 50; i++) {
         appendFileSync(downloadDir + '/temporal.downloading', '#', { mode: 0o755 });
         await setTimeout(50);
       }
       renameSync(downloadDir + '/temporal.downloading', downloadDir + '/temporal');
       return { teardown: async () => undefined };
     }
     const Module = require('node:module');
     const load = Module._load;
     Module._load = (name, ...rest) =>
       name === '@temporalio/testing' ? { TestWorkflowEnvironment: { createLocal } } : load(name, ...rest);`,
  );
  bench.options.env.NODE_OPTIONS = `--require ${fakeSdk}`;
  const options = { ...bench.options, downloadPatience: '2s' } as const;
  await expect(findDevServer(options)).resolves.toMatchObject({ origin: 'downloaded by the SDK' });
  await expect(findDevServer(options)).resolves.toMatchObject({ origin: 'cached' });
});

test('a build that prints nothing for too long is ended', async () => {
  bench.install('go', 'exec sleep 600');
  await expect(findDevServer({ ...bench.options, buildPatience: '500ms' })).rejects.toThrow(
    'a build with Go: go made no progress for 0.5 s and was ended',
  );
});

test('a build that fails half-way leaves nothing in the cache', async () => {
  bench.install('go', `${buildingGo}\necho 'link: no space left on device' >&2\nexit 1`);
  await expect(findDevServer(bench.options)).rejects.toThrow(
    'go ended with exit code 1: link: no space left on device',
  );
  expect(bench.calls('go')).toHaveLength(1);
  expect(bench.entries()).toEqual([]);
});

test('two searches at once both end with the server, and leave one entry', async () => {
  bench.install('go', buildingGo);
  const [first, second] = await Promise.all([findDevServer(bench.options), findDevServer(bench.options)]);
  expect(first).toEqual(second);
  expect(bench.entries()).toEqual([entry]);
});

test('a password in the address of a package proxy is not repeated', async () => {
  bench.install(
    'go',
    'echo \'go: module: Get "https://someone:hunter2@proxy.example/mod": 403\' >&2; exit 1',
  );
  const error = await findDevServer(bench.options).catch(String);
  expect(error).toContain('https://proxy.example/mod');
  expect(error).not.toContain('hunter2');
  expect(bench.reports.join()).not.toContain('hunter2');
});

test('when every way fails, the error lists what was tried and what to do', async () => {
  bench.install('temporal', 'exit 3');
  const { message } = await findDevServer(bench.options).catch((error) => error);
  expect(message.split('\n')).toEqual([
    'No Temporal dev server could be found, downloaded or built. Tried:',
    '  - TEMPORAL_ADDRESS: not available',
    '  - `temporal` on the PATH: temporal ended with exit code 3: it printed nothing',
    '  - the cache: not available',
    expect.stringMatching(/^ {2}- the SDK's download: node ended with exit code 1: .*Connection refused/),
    '  - a build with Go: not available',
    'Do one of these:',
    '  - set TEMPORAL_ADDRESS to a Temporal server that runs already',
    "  - install Temporal's CLI, so that `temporal` is on the PATH",
    '  - allow the SDK to download its dev server (behind a proxy, set HTTPS_PROXY)',
    expect.stringMatching(/^ {2}- install Go [\d.]+ or later/),
  ]);
});
