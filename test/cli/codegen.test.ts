/** `desktop-flow codegen` as a process, against the emulator. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateFlowModule } from '../../src/codegen/module';
import { DataverseClient } from '../../src/dataverse';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { runProgram } from '../helpers/built-process';
import { target } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

const INVOICE = {
  id: randomUUID(),
  name: 'Enter invoice',
  inputs: {
    InvoiceNumber: 'string',
    Amount: 'number',
    Currency: { type: 'string', default: 'EUR' },
    Urgent: 'boolean',
  },
  outputs: { Booking: 'string', Total: 'number' },
} as const;
const TWICE = { name: 'Twice', inputs: { A: 'string' } } as const;
const TWINS = [randomUUID(), randomUUID()];

let emulator: Emulator;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'codegen-cli-'));
  const twins = TWINS.map((id) => ({ ...TWICE, id }));
  emulator = await startEmulator({ flows: { flows: [INVOICE, ...twins] } });
});

afterEach(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

const codegen = (args: string[], environment: Record<string, string> = emulator.environment) =>
  runProgram({ file: 'cli/main.js', args: ['codegen', ...args] }, environment);

const inFolder = (file: string) => path.join(folder, file);

const schemas = () => new DataverseClient(target(emulator)).getFlowSchemas(INVOICE.id);

const expected = async (options: object = {}) =>
  generateFlowModule({ flowId: INVOICE.id, name: INVOICE.name, ...(await schemas()) }, options);

/** The flow with other schemas. */
const redefine = (definition: object) => emulator.addFlow({ ...INVOICE, ...definition });

describe('desktop-flow codegen', () => {
  it.each([
    ['its id', INVOICE.id.toUpperCase()],
    ['its name', INVOICE.name],
  ])('writes the module of a flow to the standard output, by %s', async (_by, flow) => {
    const { code, stdout, stderr } = await codegen(['--flow', flow]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(await expected());
    expect(stdout).toContain('export interface EnterInvoiceInputs');
  });

  it('writes to a file, with another name, and with a function for workflow code', async () => {
    const args = ['--flow', INVOICE.name, '--out', inFolder('a.ts'), '--name', 'Booking', '--workflow'];
    expect(await codegen(args)).toEqual({ code: 0, stdout: '', stderr: '' });
    const written = await readFile(inFolder('a.ts'), 'utf8');
    expect(written).toBe(await expected({ typeName: 'Booking', workflow: true }));
    expect(written).toContain('export function executeBooking(');
  });

  it('reads the schemas from a file, and asks nobody', async () => {
    const content = { flowId: INVOICE.id, name: INVOICE.name, ...(await schemas()) };
    await writeFile(inFolder('flow.json'), JSON.stringify(content));
    const { code, stdout } = await codegen(['--file', inFolder('flow.json')], {});
    expect([code, stdout]).toEqual([0, await expected()]);
  });

  it('lists the ids where several flows have the name', async () => {
    const { code, stdout, stderr } = await codegen(['--flow', TWICE.name]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain("several desktop flows are called 'Twice'");
    for (const id of TWINS) expect(stderr).toContain(id);
  });

  it.each([
    ['a name of no flow, with the nearest', ['--flow', 'Enter invoce'], "did you mean 'Enter invoice'?"],
    ['an id of no flow', ['--flow', randomUUID()], 'Does Not Exist'],
    ['nothing to do', [], '--flow, --file or --check is missing'],
    ['a name that is none', ['--flow', 'x', '--name', 'a b'], '--name must be'],
    ['--check with --out', ['--check', 'a.ts', '--out', 'b.ts'], '--out does not go with --check'],
    ['an unknown option', ['--flows', 'x'], "unknown option '--flows'"],
    ['a file that is not there', ['--file', '/nowhere/a.json'], '/nowhere/a.json cannot be read'],
    ['a module that is none', ['--check', __filename], 'is no module that desktop-flow codegen has written'],
  ])('ends with 2 for %s', async (_what, args, problem) => {
    const { code, stdout, stderr } = await codegen(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(problem);
  });

  it('ends with 2 where variables are missing, and names them', async () => {
    const { code, stderr } = await codegen(['--flow', INVOICE.id], {});
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ {2}POWER_AUTOMATE_ORGANIZATION_URI must be set$/m);
    expect(stderr).toMatch(/^ {2}POWER_AUTOMATE_CLIENT_ID and its siblings must be set/m);
  });

  itTakesLong('ends with 3 where Dataverse cannot be asked, and repeats no secret', async () => {
    const secret = 'wrong-secret-4711';
    const refused = await codegen(['--flow', INVOICE.id], {
      ...emulator.environment,
      POWER_AUTOMATE_CLIENT_SECRET: secret,
    });
    expect(refused.code).toBe(3);
    expect(refused.stdout + refused.stderr).not.toContain(secret);
    emulator.inject({ kind: 'status', httpStatus: 503, on: 'schema', times: 'always' });
    expect(await codegen(['--flow', INVOICE.id])).toMatchObject({ code: 3, stdout: '' });
    const nowhere = { ...emulator.environment, POWER_AUTOMATE_ORGANIZATION_URI: 'http://127.0.0.1:1' };
    expect(await codegen(['--flow', INVOICE.id], nowhere)).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('desktop-flow codegen --check', () => {
  beforeEach(async () => {
    await writeFile(inFolder('a.ts'), await expected({ workflow: true }));
  });

  const check = (...args: string[]) => codegen(['--check', inFolder('a.ts'), ...args]);

  it('ends with 0 while the flow takes and returns the same', async () => {
    expect(await check()).toMatchObject({ code: 0, stderr: '' });
    redefine({
      name: 'Renamed',
      inputs: { ...INVOICE.inputs, Amount: { type: 'number', description: 'Net' } },
    });
    expect(await check('--flow', INVOICE.id)).toMatchObject({ code: 0, stderr: '' });
  });

  it('ends with 1 and names what has changed', async () => {
    const { Urgent: _removed, ...inputs } = INVOICE.inputs;
    redefine({
      inputs: {
        ...inputs,
        Amount: 'string',
        Currency: 'string',
        Note: 'string',
        'Due date': { type: 'string', default: 'x' },
      },
      outputs: { Booking: 'number', Warning: 'string' },
    });
    const { code, stdout, stderr } = await check();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.split('\n').slice(1)).toEqual([
      '  removed input "Urgent"',
      '  added input "Due date" (string)',
      '  added input "Note" (string, required)',
      '  retyped input "Amount": number became string',
      '  input "Currency" is required now',
      '  removed output "Total"',
      '  added output "Warning" (string)',
      '  retyped output "Booking": string became number',
      '',
    ]);
  });

  it('ends with 2 for a module of another flow', async () => {
    const { code, stderr } = await check('--flow', TWINS[0] ?? '');
    expect(code).toBe(2);
    expect(stderr).toContain(`is of the flow ${INVOICE.id}, not of ${TWINS[0]}`);
  });

  it('ends with 3, not 1, where Dataverse cannot be asked', async () => {
    emulator.inject({ kind: 'lostRequest', on: 'schema', times: 'always' });
    expect(await check()).toMatchObject({ code: 3, stdout: '' });
  });
});
