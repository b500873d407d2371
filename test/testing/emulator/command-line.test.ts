import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, INVOICE_FLOWS, startEmulator } from '../../../src/testing/emulator';
import { greeting, HELP, readCommandLine } from '../../../src/testing/emulator/command-line';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'emulator-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'flows.json');
  writeFileSync(path, text);
  return path;
}

test('without arguments it listens on loopback, port 4010', () => {
  expect(readCommandLine([], {})).toMatchObject({ host: '127.0.0.1', port: 4010, flows: undefined });
});

test('--help asks for the text that names every option', () => {
  expect(readCommandLine(['--help'], {})).toBeUndefined();
  for (const option of [
    '--port',
    '--host',
    '--allow-remote',
    '--flows',
    '--limit',
    '--callback-urls',
    '--quiet',
    '--help',
  ]) {
    expect(HELP).toContain(option);
  }
});

test('credentials come from the environment, an empty variable counting as unset', () => {
  const env = {
    POWER_AUTOMATE_CLIENT_ID: 'app',
    POWER_AUTOMATE_CLIENT_SECRET: 's3',
    POWER_AUTOMATE_BEARER_TOKEN: '',
  };
  expect(readCommandLine([], env)).toMatchObject({
    clientId: 'app',
    clientSecret: 's3',
    bearerToken: undefined,
  });
});

test('a flows file is read', () => {
  expect(readCommandLine(['--flows', file(JSON.stringify(INVOICE_FLOWS))], {})?.flows).toEqual(INVOICE_FLOWS);
});

test('what becomes of callback URLs is one of three', () => {
  expect(readCommandLine(['--callback-urls', 'drop'], {})?.callbackUrls).toBe('drop');
  expect(readCommandLine([], {})?.callbackUrls).toBe('keep');
});

test('limits are numbers or durations by name', () => {
  const args = ['--limit', 'startsPerMinute=1000', '--limit', 'executionTime=2m'];
  expect(readCommandLine(args, {})?.limits).toEqual({ startsPerMinute: 1000, executionTime: 120_000 });
});

test.each([
  [['--callback-urls', 'eat'], /--callback-urls must be one of keep, drop, refuseInvalid, not 'eat'/],
  [['--limit', 'colour=1'], /--limit must be <name>=<limit> .* not 'colour=1'/],
  [['--limit', 'requests=2m'], /not 'requests=2m'/],
  [['--limit', 'executionTime=long'], /not 'executionTime=long'/],
  [['--port', 'http'], /--port must be a number from 0 to 65535, not 'http'/],
  [['--flows', '/nowhere.json'], /\/nowhere.json cannot be read \(ENOENT\)/],
  [['--verbose'], /--verbose/],
])('%j is refused', (args, message) => {
  expect(() => readCommandLine(args, {})).toThrow(message);
});

test('a flows file that is not JSON is refused by name', () => {
  const path = file('{');
  expect(() => readCommandLine(['--flows', path], {})).toThrow(`--flows: ${path} is not JSON`);
});

test.each([
  [
    { flows: [{ id: 'x', name: '' }] },
    /^The flows file is not valid: flows\[0\]\.id: must be a GUID; flows\[0\]\.name: /,
  ],
  [{ flows: [], colour: 1 }, /colour/],
  [
    { flows: [{ ...INVOICE_FLOWS.flows[0], ends: ['Succeeded', 'Done'] }] },
    /flows\[0\]\.ends\[1\]\.status: must be a status code/,
  ],
  [
    { flows: [{ ...INVOICE_FLOWS.flows[0], duration: 'long' }] },
    /flows\[0\]\.duration: must be a duration such as '2s'/,
  ],
  [
    { flows: [{ ...INVOICE_FLOWS.flows[0], resultText: 'x' }] },
    /give only one of result, resultText and resultSize/,
  ],
  [{ flows: [INVOICE_FLOWS.flows[0], INVOICE_FLOWS.flows[0]] }, /two flows have the same id/],
])('a wrong flows file keeps the emulator from starting: %j', async (flows, message) => {
  await expect(startEmulator({ flows: flows as typeof INVOICE_FLOWS })).rejects.toThrow(message);
});

test('the greeting has the lines that a worker needs', async () => {
  const emulator: Emulator = await startEmulator();
  const text = greeting(emulator);
  expect(text).toContain(`export POWER_AUTOMATE_ORGANIZATION_URI=${emulator.url}\n`);
  expect(text).toContain(`export POWER_AUTOMATE_CLIENT_ID=${emulator.clientId}\n`);
  expect(text).toContain(`export POWER_AUTOMATE_CLIENT_SECRET=${emulator.clientSecret}\n`);
  expect(text).toContain(`export POWER_AUTOMATE_TOKEN_ENDPOINT=${emulator.tokenEndpoint}\n`);
  await emulator.close();
});
