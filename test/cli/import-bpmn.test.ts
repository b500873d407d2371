/** `desktop-flow import-bpmn` as a process. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProgram } from '../helpers/built-process';

const PROCESS = path.join(__dirname, '..', 'camunda', 'processes', 'template-v1.bpmn');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'import-bpmn-'));
});

afterEach(() => rm(folder, { recursive: true }));

const importBpmn = (...args: string[]) => runProgram({ file: 'cli/main.js', args: ['import-bpmn', ...args] });

const inFolder = (file: string) => path.join(folder, file);

describe('desktop-flow import-bpmn', () => {
  it('writes a module to the standard output, and what is left to the standard error', async () => {
    const { code, stdout, stderr } = await importBpmn(PROCESS);
    expect(code).toBe(0);
    expect(stdout).toContain('export function enterInvoiceInSAPInput(): workflow.RunDesktopFlowInput');
    expect(stderr).toMatch(/^1 call of RunDesktopFlow\.\n/);
    expect(stderr).toContain('not imported: Start, End (Entered)');
  });

  it('writes inputs as JSON, and the whole report, to files', async () => {
    const [out, report] = [inFolder('calls.json'), inFolder('report.txt')];
    const { code, stdout } = await importBpmn(PROCESS, '--format', 'json', '--out', out, '--report', report);
    expect([code, stdout]).toEqual([0, '']);
    const { calls } = JSON.parse(await readFile(out, 'utf8'));
    expect(calls[0].input).toMatchObject({ inputs: { InvoiceNumber: '4711' } });
    expect(await readFile(report, 'utf8')).toContain('input connectionName: is in the call: connectionName');
  });

  it('ends with 1 where the file has nothing for it', async () => {
    const file = inFolder('empty.bpmn');
    await writeFile(
      file,
      '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="P"/></definitions>',
    );
    const { code, stdout, stderr } = await importBpmn(file);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('has no task that calls desktop flows');
  });

  it.each([
    ['a file that is not there', ['nowhere.bpmn'], 'nowhere.bpmn'],
    ['a file that is no BPMN', [path.join(__dirname, '..', '..', 'package.json')], 'this is no BPMN'],
    ['another format', [PROCESS, '--format', 'yaml'], 'Allowed choices are typescript, json'],
    ['no file', [], "missing required argument 'process.bpmn'"],
    ['a folder that is not there', [PROCESS, '--out', '/nowhere/calls.ts'], '/nowhere/calls.ts'],
  ])('ends with 2: %s', async (_what, args, problem) => {
    const { code, stdout, stderr } = await importBpmn(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(problem);
  });
});
