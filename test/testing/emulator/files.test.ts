import { randomUUID } from 'node:crypto';
import { type Emulator, type FlowDefinition, startEmulator } from '../../../src/testing/emulator';
import { call, ENTER, json, start, startWithClock } from './helpers';

let emulator: Emulator;
let pass: (ms: number) => void;
beforeAll(async () => {
  ({ emulator, pass } = await startWithClock());
});
afterAll(() => emulator.close());

async function run(definition: Partial<FlowDefinition>, inputs?: object): Promise<string> {
  emulator.addFlow({ id: ENTER, name: 'Robot', duration: 0, ...definition });
  return start(emulator, { inputs: JSON.stringify(inputs), connectionName: randomUUID() });
}

const outputs = (id: string, headers: Record<string, string> = {}) =>
  call(emulator, `flowsessions(${id})/outputs/$value`, { headers });

test('outputs come as an octet stream without a Content-Length, with their size in a header of its own', async () => {
  const response = await outputs(await run({ result: { Name: 'Ä' } }));
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': 'inline; filename=outputs.json',
    'x-ms-file-size': '13',
    'x-ms-file-name': 'outputs.json',
    mimetype: 'application/json',
    'access-control-expose-headers': 'x-ms-file-size; x-ms-file-name; mimetype',
  });
  expect(response.headers.has('content-length')).toBe(false);
  expect(await response.json()).toEqual({ Name: 'Ä' });
});

test('templates keep the type of a whole input and insert it as text otherwise', async () => {
  const result = {
    whole: '{{inputs.Amount}}',
    text: '{{inputs.Name}}: {{inputs.Amount}} {{inputs.Missing}}',
    missing: '{{inputs.constructor}}',
    list: ['{{inputs.Paid}}', 1],
  };
  const id = await run({ result }, { Amount: 12.5, Name: 'R-1', Paid: true });
  expect(await json(outputs(id))).toEqual({
    whole: 12.5,
    text: 'R-1: 12.5 ',
    missing: null,
    list: [true, 1],
  });
});

test('outputs may be text that is not JSON, a byte order mark included', async () => {
  const response = await outputs(await run({ resultText: '\uFEFFhello {{inputs.Name}}' }, { Name: 'you' }));
  const bytes = await response.arrayBuffer();
  expect(Buffer.from(bytes).toString('utf8')).toBe('\uFEFFhello you');
});

test('outputs can have a size to the byte', async () => {
  const response = await outputs(await run({ resultSize: 6_000_000 }));
  const text = await response.text();
  expect([text.length, response.headers.get('x-ms-file-size')]).toEqual([6_000_000, '6000000']);
  expect(Object.keys(JSON.parse(text))).toEqual(['Blob']);
});

test.each([
  ['a flow without outputs', {}],
  ['a failed run', { ends: 'Faulted', result: { A: 1 } }],
  ['a running run', { duration: '1h', result: { A: 1 } }],
] as const)('%s has no outputs file: 404 0x80040217 with a message of its own', async (_case, definition) => {
  const id = await run(definition as Partial<FlowDefinition>);
  const response = await outputs(id);
  expect([response.status, await response.json()]).toEqual([
    404,
    {
      error: {
        code: '0x80040217',
        message: `No file attachment found for attribute: outputs EntityId: ${id}.`,
      },
    },
  ]);
});

test('a failed run leaves outputs where the options say so', async () => {
  const other = await startEmulator({
    failedRunsLeaveOutputs: true,
    flows: { flows: [{ id: ENTER, name: 'Robot', duration: 0, ends: 'Failed', result: { A: 1 } }] },
  });
  expect(await json(call(other, `flowsessions(${await start(other)})/outputs/$value`))).toEqual({ A: 1 });
  await other.close();
});

test('inputs can be read back as they came', async () => {
  const id = await start(emulator, { inputs: '{ "Amount": 1 }' });
  expect(await (await call(emulator, `flowsessions(${id})/inputs/$value`)).text()).toBe('{ "Amount": 1 }');
});

describe('ranges', () => {
  test('are answered with 206 and the recommended chunk', async () => {
    const id = await run({ resultText: '0123456789' });
    const response = await outputs(id, { Range: 'bytes=2-4' });
    expect([response.status, await response.text()]).toEqual([206, '234']);
    expect(response.headers.get('x-ms-chunk-size')).toBe('4194304');
    expect(response.headers.get('x-ms-file-size')).toBe('10');
    expect(await (await outputs(id, { Range: 'bytes=8-4194303' })).text()).toBe('89');
    expect(await (await outputs(id, { Range: 'bytes=8-' })).text()).toBe('89');
    expect((await outputs(id, { Range: 'bytes=10-20' })).status).toBe(416);
  });

  test('are refused where files are kept in the database, the whole file is not', async () => {
    const byok = await startEmulator({
      rangedDownloads: false,
      flows: { flows: [{ id: ENTER, name: 'Robot', duration: 0, resultText: 'x' }] },
    });
    const path = `flowsessions(${await start(byok)})/outputs/$value`;
    const { error } = await json(call(byok, path, { headers: { Range: 'bytes=0-4194303' } }));
    expect(error).toEqual({
      code: '0x80090017',
      message: 'Downloading in multiple chunks is not supported for the files stored in the database.',
    });
    expect(await (await call(byok, path)).text()).toBe('x');
    await byok.close();
  });

  test('are refused by a fault once', async () => {
    const id = await run({ resultText: 'x' });
    emulator.inject({ on: 'outputs', kind: 'byok' });
    expect((await outputs(id, { Range: 'bytes=0-1' })).status).toBe(400);
    expect((await outputs(id, { Range: 'bytes=0-1' })).status).toBe(206);
  });
});

test('truncated outputs are shorter than x-ms-file-size says', async () => {
  const id = await run({ resultText: '0123456789' });
  emulator.inject({ on: 'outputs', kind: 'truncated' });
  const response = await outputs(id);
  expect([response.headers.get('x-ms-file-size'), await response.text()]).toEqual(['10', '01234']);
});

test('the columns of the row tell whether there are outputs, and how large they are', async () => {
  const id = await run({ resultText: '0123456789', duration: '1s' });
  const path = `flowsessions(${id})?$select=outputs,outputs_name&$expand=flowsession_FileAttachments`;
  expect(await json(call(emulator, path))).toMatchObject({
    outputs: null,
    outputs_name: null,
    flowsession_FileAttachments: [],
  });
  pass(1000);
  expect(await json(call(emulator, path))).toMatchObject({
    outputs: expect.stringMatching(/^[0-9a-f-]{36}$/),
    outputs_name: 'outputs.json',
    flowsession_FileAttachments: [
      { regardingfieldname: 'outputs', filesizeinbytes: 10, filename: 'outputs.json' },
    ],
  });
});
