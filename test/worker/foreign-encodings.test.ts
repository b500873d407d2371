import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { tellForeignEncodings } from '../../src/worker/foreign-encodings';

const CONTEXT = { type: 'workflow', namespace: 'robots', workflowId: 'invoice-4711' } as const;

let nowMs: number;
let lines: [object, string][];

beforeEach(() => {
  nowMs = 0;
  lines = [];
});

const codec = () =>
  tellForeignEncodings(
    { error: (message: string, fields?: object) => lines.push([fields ?? {}, message]) } as never,
    () => nowMs,
  );

function encodedAs(encoding: string): Payload {
  return { metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from('{}') };
}

describe('a payload of another encoding', () => {
  it('is told of at once, with its workflow, and then once a minute', async () => {
    const { decode } = codec();
    await decode([encodedAs('json/plain'), encodedAs('binary/encrypted')], CONTEXT);
    const fields = { encoding: 'binary/encrypted', namespace: 'robots', workflowId: 'invoice-4711' };
    expect(lines).toEqual([[fields, expect.stringContaining('Unknown encoding')]]);
    nowMs = 59_999;
    await decode([encodedAs('binary/encrypted')], CONTEXT);
    expect(lines).toHaveLength(1);
    nowMs = 60_000;
    await decode([encodedAs('binary/zlib')], CONTEXT);
    expect(lines).toMatchObject([lines[0], [{ encoding: 'binary/zlib' }, expect.any(String)]]);
  });

  it('is told of in a line that stays short, whatever its name', async () => {
    await codec().decode([encodedAs('x'.repeat(1e6))], undefined);
    expect(JSON.stringify(lines).length).toBeLessThan(1000);
  });

  it('stays as it is', async () => {
    const payloads = [encodedAs('binary/encrypted')];
    await expect(codec().decode(payloads)).resolves.toBe(payloads);
    await expect(codec().encode(payloads)).resolves.toBe(payloads);
  });
});

it('whatever the SDK encodes itself is not told of', async () => {
  const payloads = [undefined, null, 'text', { a: 1 }, new Uint8Array([1])].map((value) =>
    defaultPayloadConverter.toPayload(value),
  );
  await codec().decode([...payloads, {}, { metadata: {} }]);
  expect(lines).toEqual([]);
});
