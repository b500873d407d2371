/** `desktop-flow batch`: rows in, results out, and nothing twice, whatever happens in between. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FlowDefinition } from '../../src/testing/emulator';
import { type Stage, setStage } from '../helpers/command-stage';
import { eventually } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

const INVOICE: FlowDefinition = {
  id: randomUUID(),
  name: 'Enter invoice',
  duration: 0,
  inputs: { InvoiceNumber: 'string', Amount: { type: 'number', default: '1' } },
  outputs: { Booking: 'string' },
  result: { Booking: 'B-{{inputs.InvoiceNumber}}' },
};

let stage: Stage;
let folder: string;
let flow: FlowDefinition;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'desktop-flow-batch-'));
  stage = await setStage();
}, 120_000);

afterAll(async () => {
  await stage.close();
  await rm(folder, { recursive: true });
}, 60_000);

beforeEach(() => {
  flow = { ...INVOICE, id: randomUUID() };
  stage.emulator.addFlow(flow);
});

async function rowsIn(name: string, lines: string[]): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, lines.join('\n'));
  return file;
}

const args = (file: string) => [
  'batch',
  file,
  '--flow',
  flow.id ?? '',
  '--connection',
  'robots',
  '--mode',
  'unattended',
];

const results = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .toSorted((one, other) => one.line - other.line);

/** What each robot of the flow was given. */
const given = () =>
  stage.emulator.seen.sessions
    .filter(({ flowId }) => flowId === flow.id)
    .map(({ inputs }) => JSON.parse(inputs ?? '{}'));

describe('desktop-flow batch', () => {
  it('runs a robot for each row of a CSV file, typed by the schema, and prints its outputs as JSON lines', async () => {
    const file = await rowsIn(`${randomUUID()}.csv`, ['InvoiceNumber;Amount', '"00;1";80.5', '002;', '']);
    const { code, stdout, stderr } = await stage.desktopFlow(args(file));
    expect([code, stderr]).toEqual([0, expect.stringContaining('2 of 2 succeeded, 0 did not.')]);
    expect(results(stdout)).toEqual([
      expect.objectContaining({ line: 2, status: 'succeeded', outputs: { Booking: 'B-00;1' } }),
      expect.objectContaining({ line: 3, status: 'succeeded', outputs: { Booking: 'B-002' } }),
    ]);
    expect(given()).toEqual(
      expect.arrayContaining([{ InvoiceNumber: '00;1', Amount: 80.5 }, { InvoiceNumber: '002' }]),
    );
  });

  itTakesLong(
    'goes on after a kill without starting anything twice, and has all results in the end',
    async () => {
      stage.emulator.addFlow({ ...flow, duration: '2s' });
      // Two rows are alike on purpose: both are meant.
      const rows = Array.from({ length: 8 }, (_, index) =>
        JSON.stringify({ InvoiceNumber: `${Math.min(index, 6)}` }),
      );
      const file = await rowsIn(`${randomUUID()}.jsonl`, rows);
      const out = path.join(folder, 'results.jsonl');
      const { child } = stage.spawn([...args(file), '--concurrency', '3']);
      await eventually(() => given().length >= 4, 60_000);
      child.kill('SIGKILL');
      await once(child, 'close');
      expect(given().length).toBeLessThan(8);
      const { code, stdout, stderr } = await stage.desktopFlow([
        ...args(file),
        '--concurrency',
        '8',
        '--out',
        out,
      ]);
      expect([code, stdout]).toEqual([0, '']);
      expect(stderr).toMatch(/8 of 8 succeeded, 0 did not, [3-6] had been started before\./);
      expect(given()).toHaveLength(8);
      expect(results(await readFile(out, 'utf8')).map(({ outputs }) => outputs.Booking)).toEqual(
        [0, 1, 2, 3, 4, 5, 6, 6].map((number) => `B-${number}`),
      );
    },
    120_000,
  );

  it('ends with 1 where robots ended badly, and names each', async () => {
    stage.emulator.addFlow({ ...flow, ends: { status: 'Failed', errorCode: 'AttendedUserNotLoggedIn' } });
    const file = await rowsIn(`${randomUUID()}.jsonl`, ['{"InvoiceNumber": "1"}']);
    const { code, stdout } = await stage.desktopFlow(args(file));
    expect(code).toBe(1);
    expect(results(stdout)).toEqual([
      expect.objectContaining({
        status: 'failed',
        type: 'DesktopFlowFailed',
        errorCode: 'AttendedUserNotLoggedIn',
      }),
    ]);
  });

  it('Ctrl-C leaves the robots at work, and starts no more', async () => {
    stage.emulator.addFlow({ ...flow, duration: '1h' });
    const file = await rowsIn(`${randomUUID()}.csv`, ['InvoiceNumber', '1', '2', '3']);
    const { child, log } = stage.spawn([...args(file), '--concurrency', '2']);
    await eventually(() => given().length === 2, 60_000);
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([5, null]);
    expect(log()).toContain('2 at work are left: the same command goes on.');
    expect(given()).toHaveLength(2);
  });

  it.each([
    [
      'rows that are wrong, by their lines',
      'a.csv',
      ['InvoiceNumber,Amount', '1,x', ',2'],
      ['line 2: Amount must be a number', 'line 3: InvoiceNumber is required'],
    ],
    [
      'an unknown column',
      'b.csv',
      ['InvoiceNumbr', '1'],
      ['line 2: InvoiceNumbr is not an input of this flow; did you mean InvoiceNumber?'],
    ],
    [
      'lines that are not as long as the first',
      'c.csv',
      ['InvoiceNumber,Amount', '1'],
      ['the file is no CSV'],
    ],
    [
      'a line that is no object',
      'd.jsonl',
      ['{"InvoiceNumber": "1"}', '[]'],
      ['line 2 of the file must be one JSON object'],
    ],
    ['a file whose format is not told', 'e.txt', [''], ['--format is missing']],
  ])('starts nothing, and ends with 2, for %s', async (_what, name, lines, problems) => {
    const { code, stdout, stderr } = await stage.desktopFlow(args(await rowsIn(name, lines)));
    expect([code, stdout]).toEqual([2, '']);
    for (const problem of problems) expect(stderr).toContain(problem);
    expect(given()).toEqual([]);
  });
});
