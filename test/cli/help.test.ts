/** What `desktop-flow` says, and with which exit code it ends. */
import { runProgram } from '../helpers/built-process';
import { itTakesLong } from '../helpers/long-tests';

const desktopFlow = (...args: string[]) => runProgram({ file: 'cli/main.js', args });

describe('desktop-flow', () => {
  it.each([['--help'], ['-h']])('%s lists every command', async (option) => {
    const { code, stdout, stderr } = await desktopFlow(option);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ {2}callbacks +receive Dataverse's callbacks/m);
    expect(stdout).toMatch(/^ {2}codegen +write a typed module/m);
    expect(stdout).toMatch(/^ {2}doctor +look for what is wrong with the set-up/m);
    expect(stdout).toMatch(/^ {2}explain +tell why a robot ended/m);
    expect(stdout).toMatch(/^ {2}import-bpmn +write calls of RunDesktopFlow/m);
    expect(stdout).toMatch(/^ {2}nexus +create the Nexus endpoint/m);
    expect(stdout).toContain('Exit codes: 0 succeeded');
  });

  it('codegen --help tells its options, its variables and its exit codes', async () => {
    const { code, stdout } = await desktopFlow('codegen', '--help');
    expect(code).toBe(0);
    for (const told of ['--check <file>', 'POWER_AUTOMATE_ORGANIZATION_URI', 'Exit codes'])
      expect(stdout).toContain(told);
  });

  it.each([['--help'], ['-h']])(
    'callbacks %s says what it does and which variables it reads',
    async (option) => {
      const { code, stdout, stderr } = await desktopFlow('callbacks', option);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain('CALLBACK_SIGNING_KEYS');
    },
  );

  it.each([
    [[], 'a command is missing'],
    [['callback'], "unknown command 'callback'\n(Did you mean callbacks?)"],
    [['--quick'], "unknown option '--quick'"],
    [['callbacks', '--quick'], "unknown option '--quick'"],
    [['callbacks', 'now'], "too many arguments for 'callbacks'"],
  ])('%j is an error of its user: exit code 2, and where help is to be had', async (args, problem) => {
    const { code, stdout, stderr } = await desktopFlow(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(problem);
    expect(stderr).toContain('See desktop-flow --help');
  });
});

describe('desktop-flow callbacks', () => {
  const callbacks = (environment: Record<string, string>) =>
    runProgram({ file: 'cli/main.js', args: ['callbacks'] }, environment);

  it('names every problem of its configuration at once, repeats no value, and ends with 2', async () => {
    const { code, stderr } = await callbacks({
      CALLBACK_SIGNING_KEYS: 'hunter22',
      POWER_AUTOMATE_ORGANIZATION_URI: 'https://me:hunter22@contoso.crm4.dynamics.com',
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^The configuration is wrong:$/m);
    expect(stderr).toMatch(/^ {2}CALLBACK_PORT must be set: it is where callbacks are received$/m);
    expect(stderr).toMatch(/^ {2}CALLBACK_BASE_URL must be set to a URL that Dataverse can call/m);
    expect(stderr).toMatch(/^ {2}CALLBACK_SIGNING_KEYS must hold keys of at least 16 characters/m);
    expect(stderr).toMatch(/^ {2}POWER_AUTOMATE_ORGANIZATION_URI must not carry credentials/m);
    expect(stderr).not.toContain('hunter22');
  });

  itTakesLong(
    'says what to check where Temporal cannot be reached',
    async () => {
      const { code, stderr } = await callbacks({
        TEMPORAL_ADDRESS: '127.0.0.1:1',
        CALLBACK_BASE_URL: 'https://robots.contoso.com',
        CALLBACK_PORT: '8088',
        CALLBACK_SIGNING_KEYS: 'a-signing-key-of-the-tests',
      });
      expect(code).toBe(3);
      expect(stderr).toMatch(
        /^desktop-flow: no connection to Temporal at 127\.0\.0\.1:1\. Check TEMPORAL_ADDRESS/,
      );
    },
    30_000,
  );
});
