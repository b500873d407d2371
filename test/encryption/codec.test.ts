/** The codec by itself: what it hides, what it gives back, and what it refuses. */
import { createSecretKey, randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload, type SerializationContext } from '@temporalio/common';
import fc from 'fast-check';
import { encryptingCodec } from '../../src/encryption/codec';
import { fixedKeys } from '../../src/encryption/key-source';
import type { EncryptionKey } from '../../src/encryption/keys';
import { LONG } from '../helpers/long-tests';

const CASES = LONG ? 5_000 : 150;

const keyOf = (id: string): EncryptionKey => ({ id, key: createSecretKey(randomBytes(32)) });

const A = keyOf('a');
const B = keyOf('b');

const withKeys = (...keys: [EncryptionKey, ...EncryptionKey[]]) => encryptingCodec(fixedKeys(keys));

const of = (workflowId: string, namespace = 'rpa'): SerializationContext => ({
  type: 'workflow',
  namespace,
  workflowId,
});

const payloadOf = (value: unknown) => defaultPayloadConverter.toPayload(value);

/** As the other side of the wire has it: plain objects, whatever their classes. */
const plain = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')]),
  ),
  data: Buffer.from(data ?? []).toString('hex'),
});

const inClear = ({ metadata, data }: Payload) =>
  Buffer.concat([...Object.values(metadata ?? {}), data ?? Buffer.of()]).toString('latin1');

async function sealed(value: unknown, context?: SerializationContext, codec = withKeys(A)): Promise<Payload> {
  const [payload] = await codec.encode([payloadOf(value)], context);
  return payload as Payload;
}

const read = async (payload: Payload, context?: SerializationContext, codec = withKeys(A)) => {
  const [found] = await codec.decode([payload], context);
  return defaultPayloadConverter.fromPayload(found as Payload);
};

const bytes = fc.uint8Array({ maxLength: 2000 });
const payloads = fc.array(
  fc.record({ metadata: fc.dictionary(fc.string({ maxLength: 20 }), bytes), data: bytes }),
  { maxLength: 5 },
);
const contexts = fc.option(fc.tuple(fc.string({ minLength: 1 }), fc.string({ minLength: 1 })), {
  nil: undefined,
});

it('whatever is written comes back in its context, and is never written twice in the same way', async () => {
  await fc.assert(
    fc.asyncProperty(payloads, contexts, async (written, names) => {
      const context = names && of(...names);
      const codec = withKeys(A);
      const [once, twice] = [await codec.encode(written, context), await codec.encode(written, context)];
      for (const copy of [once, twice])
        expect((await codec.decode(copy, context)).map(plain)).toEqual(written.map(plain));
      for (const [index, one] of once.entries()) expect(one.data).not.toEqual(twice[index]?.data);
    }),
    { numRuns: CASES },
  );
});

it('one changed bit, anywhere, is refused', async () => {
  const original = await sealed({ amount: 12.5 }, of('invoice-1'));
  const fields = ['data', 'encryption-context', 'encryption-key-id'] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...fields),
      fc.nat(),
      fc.integer({ min: 0, max: 7 }),
      async (field, at, bit) => {
        const from = field === 'data' ? original.data : original.metadata?.[field];
        const changed = Buffer.from(from ?? []);
        changed[at % changed.length] = (changed[at % changed.length] as number) ^ (1 << bit);
        const payload =
          field === 'data'
            ? { ...original, data: changed }
            : { ...original, metadata: { ...original.metadata, [field]: changed } };
        await expect(read(payload, of('invoice-1'))).rejects.toThrow(/^A payload /);
        await expect(read(payload)).rejects.toThrow(/^A payload /);
      },
    ),
    { numRuns: CASES },
  );
});

it.each([0, 1, 11, 12, 27, 28])('a payload of %i bytes is refused', async (length) => {
  const payload = await sealed('x', of('invoice-1'));
  await expect(read({ ...payload, data: randomBytes(length) })).rejects.toThrow('cannot be decrypted');
  await expect(read({ ...payload, data: (payload.data ?? Buffer.of()).subarray(0, length) })).rejects.toThrow(
    'cannot be decrypted',
  );
});

it('nothing of a payload is in clear but the id of its key and its context', async () => {
  const shown = inClear(await sealed({ account: 'DE89 3704' }, of('invoice-1')));
  expect(shown).not.toMatch(/DE89|account|json\/plain/);
  expect(shown).toContain('{"namespace":"rpa","workflowId":"invoice-1"}');
});

describe('a payload of one workflow', () => {
  it('is not read as one of another workflow, nor of another namespace', async () => {
    const payload = await sealed('for invoice 1', of('invoice-1'));
    await expect(read(payload, of('invoice-2'))).rejects.toThrow(
      'A payload was encrypted for the workflow invoice-1 of the namespace rpa, and not for invoice-2 of rpa',
    );
    await expect(read(payload, of('invoice-1', 'other'))).rejects.toThrow('not for invoice-1 of other');
  });

  it('is not read under the context of another one written into it', async () => {
    const [mine, other] = [await sealed('mine', of('invoice-1')), await sealed('other', of('invoice-2'))];
    await expect(read({ ...mine, metadata: other.metadata ?? null }, of('invoice-2'))).rejects.toThrow(
      'cannot be decrypted',
    );
  });

  it('is read by its activities, whichever it is', async () => {
    const activity = {
      type: 'activity',
      namespace: 'rpa',
      workflowId: 'invoice-1',
      activityId: '7',
      isLocal: false,
    } as const;
    await expect(read(await sealed('in', of('invoice-1')), activity)).resolves.toBe('in');
    await expect(read(await sealed('out', activity), of('invoice-1'))).resolves.toBe('out');
    await expect(read(await sealed('out', activity), of('invoice-2'))).rejects.toThrow('must not read it');
  });

  it('is read where nobody tells a context: in a history, or by a Nexus handler', async () => {
    await expect(read(await sealed('x', of('invoice-1')))).resolves.toBe('x');
    await expect(read(await sealed('x'), of('invoice-1'))).resolves.toBe('x');
  });

  it('is read by another one only where its namespace is named as that of Nexus handlers', async () => {
    const payload = await sealed('result', of('run-1', 'rpa'));
    const codec = encryptingCodec(fixedKeys([A]), { nexusNamespaces: ['rpa'] });
    await expect(read(payload, of('order-1', 'orders'), codec)).resolves.toBe('result');
    const elsewhere = await sealed('result', of('run-1', 'elsewhere'));
    await expect(read(elsewhere, of('order-1', 'orders'), codec)).rejects.toThrow('must not read it');
  });
});

it('the input of a schedule is read by the runs of this schedule alone', async () => {
  const payload = await sealed('x', of('nightly'));
  await expect(read(payload, of('nightly-2026-11-27T02:00:00Z'))).resolves.toBe('x');
  await expect(read(payload, of('nightly-2'))).rejects.toThrow('must not read it');
  await expect(read(payload, of('weekly-2026-11-27T02:00:00Z'))).rejects.toThrow('must not read it');
  const last = await sealed('last result', of('nightly-2026-11-26T02:00:00Z'));
  await expect(read(last, of('nightly-2026-11-27T02:00:00Z'))).resolves.toBe('last result');
});

describe('keys', () => {
  it('the first one encrypts, all decrypt', async () => {
    const old = await sealed('old', of('w'), withKeys(A));
    const fresh = await sealed('new', of('w'), withKeys(B, A));
    expect(inClear(fresh)).toContain(`binary/encryptedb{`);
    for (const codec of [withKeys(B, A), withKeys(A, B)]) {
      await expect(read(old, of('w'), codec)).resolves.toBe('old');
      await expect(read(fresh, of('w'), codec)).resolves.toBe('new');
    }
  });

  it('a key that is missing is named, with the variable to add it to', async () => {
    await expect(read(await sealed('x', of('w'), withKeys(B)), of('w'), withKeys(A))).rejects.toThrow(
      'A payload was encrypted with the key b, which this process does not have. Add it to PAYLOAD_ENCRYPTION_KEYS',
    );
  });

  it('another key under the same id decrypts nothing', async () => {
    await expect(read(await sealed('x', of('w')), of('w'), withKeys(keyOf('a')))).rejects.toThrow(
      'two keys have one id',
    );
  });

  it('of a payload that anybody may have written are not repeated', async () => {
    const payload = await sealed('x', of('w'));
    const forged = { ...payload.metadata, 'encryption-key-id': Buffer.from('a\nb <script>') };
    await expect(read({ ...payload, metadata: forged })).rejects.toThrow('the key of no valid id,');
  });
});

it('clear text, and what another codec has encrypted, is left as it is', async () => {
  const foreign = { metadata: { encoding: Buffer.from('binary/encrypted') }, data: randomBytes(40) };
  const given = [payloadOf({ clear: true }), foreign, payloadOf(undefined)];
  expect(await withKeys(A).decode(given, of('w'))).toEqual(given);
});
