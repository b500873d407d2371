import { join } from 'node:path';
import { buildingGo, createWorkbench, runSource, type Workbench } from './workbench';

const main = 'src/testing/temporal-servers/main.ts';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.remove());

test('--help says what is looked for and where it is kept', async () => {
  const { stdout } = await runSource(main, ['--help'], bench.options.env);
  expect(stdout).toContain('Usage: node dist/testing/temporal-servers/main.js');
  expect(stdout).toContain('TEMPORAL_POWER_AUTOMATE_CACHE');
});

test('an unknown option is refused', async () => {
  await expect(runSource(main, ['--fast'], bench.options.env)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("Unknown option '--fast'"),
  });
});

test('the path of each server goes to stdout, and a server that cannot be had makes it fail', async () => {
  bench.install('go', buildingGo);
  await expect(runSource(main, [], bench.options.env)).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(
      `^dev server: ${join(bench.cache, 'temporal-cli-')}.* \\(built with Go\\)\n$`,
    ),
    stderr: expect.stringContaining('install Java 8 or later and Maven'),
  });
});
