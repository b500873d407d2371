/** A fresh user: an empty folder, no variable set, three commands. And the programs that are commands. */
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { blocksOf } from '../docs/blocks';
import { runProgram, type Spawned, spawnProgram } from '../helpers/built-process';
import { eventually } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

const CLI = 'cli/main.js';
const DEV_FILE = '.desktop-flow/dev.json';

/** The words behind `npx desktop-flow`, without quotes and without a comment. */
function wordsOf(line: string): string[] {
  const [, words = ''] = /^npx desktop-flow (.*?)(?: +#.*)?$/.exec(line) ?? [];
  return [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
}

/** The three commands of the README, as it has them. */
const README = blocksOf('sh')
  .filter(({ code }) => code.includes('npx desktop-flow dev'))
  .flatMap(({ code }) => code.trim().split('\n').map(wordsOf));

/** Each group of commands of the page, with what it shows of them. */
const GETTING_STARTED = (() => {
  const blocks = blocksOf('sh', 'text').filter(({ page }) => page === 'docs/getting-started.md');
  return blocks
    .map(({ language, code }, index) => ({
      language,
      commands: code.trim().split('\n').map(wordsOf),
      shown: blocks[index + 1]?.language === 'text' ? (blocks[index + 1]?.code ?? '') : '',
    }))
    .filter(({ language }) => language === 'sh');
})();

/** What is shown, as a pattern: lines that come one after the other, whatever is between; `...` is anything. */
function patternOf(shown: string): RegExp {
  const escaped = shown
    .trim()
    .split('\n')
    .map((line) => line.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('\\.\\.\\.', '.*'));
  return new RegExp(`^${escaped.join('$[^]*?^')}$`, 'm');
}

const shownByReadme = () => blocksOf('text').find(({ page }) => page === 'README.md')?.code;

describe('desktop-flow dev', () => {
  let cwd: string;
  let dev: Spawned;

  beforeAll(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'desktop-flow-dev-'));
    dev = spawnProgram({ file: CLI, args: README[0] ?? [], cwd }, {});
    await eventually(() => {
      if (dev.child.exitCode !== null) throw new Error(`it ended: ${dev.log()}`);
      return dev.log().includes('Ctrl-C ends everything.');
    }, 100_000);
  }, 120_000);

  afterAll(async () => {
    if (dev.child.exitCode === null) dev.child.kill('SIGKILL');
    await rm(cwd, { recursive: true });
  });

  const desktopFlow = (args: string[], environment: Record<string, string> = {}) =>
    runProgram({ file: CLI, args, cwd }, environment);

  it('has the other commands of the folder find all that it has started', async () => {
    const flows = await desktopFlow(README[1] ?? []);
    expect([flows.code, flows.stdout]).toEqual([0, expect.stringMatching(/ {2}Enter invoice$/m)]);
    expect(flows.stderr).toContain(`With what desktop-flow dev has started in this folder (${DEV_FILE}).`);
  });

  it('runs a robot to the outputs that the README shows', async () => {
    const run = await desktopFlow(README[2] ?? []);
    expect([run.code, run.stdout]).toEqual([0, shownByReadme()]);
  });

  it('does what getting started says, and shows what it shows', async () => {
    const [start, ...others] = GETTING_STARTED;
    expect(start?.commands).toEqual([['dev']]);
    expect(others.length).toBeGreaterThan(4);
    for (const { commands, shown } of others) {
      let said = '';
      for (const command of commands) {
        expect(command).not.toEqual([]);
        const { stdout, stderr } = await desktopFlow(command);
        said += `${stdout}${stderr}`;
      }
      if (shown) expect(said).toMatch(patternOf(shown));
      else expect(said).toContain('All is well');
    }
  }, 60_000);

  itTakesLong('prints a command that runs a robot too', async () => {
    const [line = ''] = /npx desktop-flow run .*/.exec(dev.log()) ?? [];
    const run = await desktopFlow(wordsOf(line));
    expect([run.code, run.stdout]).toEqual([0, 'BookingNumber = B-1\nAmount = 1\n']);
  });

  it('is not used where a variable says where something else is', async () => {
    const { code, stderr } = await desktopFlow(['flows'], {
      POWER_AUTOMATE_ORGANIZATION_URI: 'https://contoso.crm4.dynamics.com',
    });
    expect(code).toBe(2);
    expect(stderr).not.toContain('desktop-flow dev');
  });

  it('ends everything at Ctrl-C, and its file is gone', async () => {
    const { pid, environment } = JSON.parse(await readFile(path.join(cwd, DEV_FILE), 'utf8'));
    expect(pid).toBe(dev.child.pid);
    dev.child.kill('SIGINT');
    expect(await once(dev.child, 'close')).toEqual([0, null]);
    expect(await readdir(path.join(cwd, '.desktop-flow'))).toEqual(['.gitignore']);
    await expect(fetch(environment.POWER_AUTOMATE_ORGANIZATION_URI)).rejects.toThrow('fetch failed');
    expect((await desktopFlow(['flows'])).code).toBe(2);
  }, 60_000);
});

describe('desktop-flow', () => {
  it.each([['dev'], ['emulator'], ['worker'], ['batch'], ['completion']])(
    '%s --help tells what it does',
    async (command) => {
      const { code, stdout, stderr } = await runProgram({ file: CLI, args: [command, '--help'] });
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`desktop-flow ${command} `);
    },
  );

  it.each([['dev'], ['emulator'], ['worker']])('%s refuses an unknown option with 2', async (command) => {
    const { code, stdout } = await runProgram({ file: CLI, args: [command, '--quick'] });
    expect([code, stdout]).toEqual([2, '']);
  });

  it('emulator serves flows until it is ended', async () => {
    const { child, log } = spawnProgram({ file: CLI, args: ['emulator', '--port', '0', '--quiet'] }, {});
    await eventually(() => log().includes('export POWER_AUTOMATE_BEARER_TOKEN='), 30_000);
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  }, 60_000);

  it('worker names what is wrong with its variables', async () => {
    const { code, stderr } = await runProgram({ file: CLI, args: ['worker'] }, { LOG_LEVEL: 'loud' });
    expect([code, stderr]).toEqual([1, expect.stringContaining('LOG_LEVEL must be one of')]);
  });

  it.each([
    [['run', '--mo'], '--mode\t'],
    [['run', '--mode', ''], 'unattended'],
    [['sche'], 'schema\ttell what a desktop flow takes and returns'],
  ])('complete -- %j offers what fits', async (words, offered) => {
    const { code, stdout } = await runProgram({ file: CLI, args: ['complete', '--', ...words] });
    expect([code, stdout]).toEqual([0, expect.stringContaining(offered)]);
  });

  it.each([['bash'], ['zsh'], ['fish'], ['powershell']])('completion %s prints a script', async (shell) => {
    const { code, stdout } = await runProgram({ file: CLI, args: ['completion', shell] });
    expect(code).toBe(0);
    expect(stdout).toContain('desktop-flow');
  });
});
