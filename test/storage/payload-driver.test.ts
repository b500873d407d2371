/** The driver on every kind of place. That of S3 is no S3, see `helpers/bucket-server.ts`; `npm run test:long` has one of its protocol. */
import { randomBytes } from 'node:crypto';
import type { ApplicationFailure, Payload, StorageDriverClaim } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { hashOf } from '../../src/storage/parts';
import { PayloadDriver } from '../../src/storage/payload-driver';
import { LONG } from '../helpers/long-tests';
import { azuritePlace, bucketPlace, folderPlace, gatewayPlace, type Place, storeOf } from './places';

const { Payload: PayloadProto } = temporal.api.common.v1;

const sha256 = (bytes: Uint8Array) => hashOf('sha256', [bytes]).toString('hex');

const TARGET = { kind: 'workflow', namespace: 'invoices', id: 'run-1', type: 'RunDesktopFlow' } as const;

const payloadOf = (data: Uint8Array): Payload => ({
  metadata: { encoding: Buffer.from('binary/plain') },
  data,
});

/** The failure that a promise is rejected with. */
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('expected a failure');
    },
    (error: unknown) => error as ApplicationFailure,
  );

const KINDS: [string, () => Promise<Place>][] = [
  ['a container of Azurite', azuritePlace],
  ['a folder', folderPlace],
  ['a bucket', bucketPlace],
  ...(LONG ? ([['a bucket of an S3 gateway', gatewayPlace]] satisfies [string, () => Promise<Place>][]) : []),
];

/** The gateway is built the first time. */
const OPENED_WITHIN_MS = 10 * 60_000;

describe.each(KINDS)('payloads in %s', (_kind, open) => {
  let place: Place;
  let driver: PayloadDriver;

  beforeAll(async () => {
    place = await open();
    driver = new PayloadDriver(storeOf(place));
  }, OPENED_WITHIN_MS);

  afterAll(() => place.close());

  const store = async (...payloads: Payload[]) => driver.store({ target: TARGET }, payloads);
  const retrieve = (...claims: StorageDriverClaim[]) => driver.retrieve({}, claims);
  const storeOne = async (data: Uint8Array) => {
    const [claim] = await store(payloadOf(data));
    const { hashValue = '' } = claim?.claimData ?? {};
    return { claim: claim as StorageDriverClaim, key: `v0/ns/invoices/d/sha256/${hashValue}` };
  };

  it('come back as they were, in their order, whatever their size', async () => {
    const all = [1, 300_000, 9_000_000].map((size) => payloadOf(randomBytes(size)));
    const back = await retrieve(...(await store(...all)));
    expect(back.map(({ data }) => sha256(data as Uint8Array))).toEqual(
      all.map(({ data }) => sha256(data as Uint8Array)),
    );
    expect(back.map(({ metadata }) => Buffer.from(metadata?.encoding ?? []).toString())).toEqual(
      all.map(() => 'binary/plain'),
    );
  });

  it('are named by the SHA-256 of what is there, below their namespace, and the same ones once', async () => {
    const data = randomBytes(1000);
    const before = (await place.keys()).length;
    const { claim, key } = await storeOne(data);
    await storeOne(data);
    expect(await place.keys()).toHaveLength(before + 1);
    expect(sha256(await place.read(key))).toBe(claim.claimData.hashValue);
    expect(claim.claimData).toMatchObject({
      hashAlgorithm: 'sha256',
      size: String((await place.read(key)).length),
    });
  });

  it('that were damaged are refused for good, and never handed out', async () => {
    const { claim, key } = await storeOne(randomBytes(1000));
    const bytes = await place.read(key);
    bytes[500] = (bytes[500] as number) ^ 1;
    await place.overwrite(key, bytes);
    const failure = await failureOf(retrieve(claim));
    expect(failure).toMatchObject({ type: 'ExternalPayloadLost', nonRetryable: true });
    expect(failure.message).toMatch(/is not what was stored.*Restore it/);
    await place.overwrite(key, bytes.subarray(0, 10));
    expect(await failureOf(retrieve(claim))).toMatchObject({ type: 'ExternalPayloadLost' });
  });

  it('that were damaged are whole again when they are stored again', async () => {
    const data = randomBytes(1000);
    const { claim, key } = await storeOne(data);
    await place.overwrite(key, Buffer.from('damaged'));
    await storeOne(data);
    expect(sha256((await retrieve(claim))[0]?.data as Uint8Array)).toBe(sha256(data));
  });

  it('that are gone are refused for good, with where they were and what to read', async () => {
    const { claim, key } = await storeOne(randomBytes(1000));
    await place.remove(key);
    const failure = await failureOf(retrieve(claim));
    expect(failure).toMatchObject({ type: 'ExternalPayloadLost', nonRetryable: true });
    expect(failure.message).toContain(key);
    expect(failure.message).toContain('docs/large-payloads.md');
  });

  it.each([
    '../../etc/passwd',
    '/etc/passwd',
    'v0/ns/../d/sha256/HASH',
    'v0/d/sha256/other',
    'v0//d/sha256/HASH',
  ])('are not looked for where a reference that somebody wrote points: %s', async (written) => {
    const { claim } = await storeOne(randomBytes(100));
    const { hashValue = '' } = claim.claimData;
    const key = written.replace('HASH', hashValue);
    const prefixed = 'bucket' in claim.claimData ? `robots/${key}` : key;
    const failure = await failureOf(retrieve({ claimData: { ...claim.claimData, key: prefixed } }));
    expect(failure).toMatchObject({ type: 'ExternalPayloadLost', nonRetryable: true });
    expect(failure.message).toContain('EXTERNAL_STORAGE_URL');
  });

  it('wait while the place is out of reach: the failure passes, and has no secret', async () => {
    const { claim } = await storeOne(randomBytes(1000));
    await place.stop();
    try {
      const [read, written] = await Promise.all([
        failureOf(retrieve(claim)),
        failureOf(store(payloadOf(randomBytes(10)))),
      ]);
      expect([read.type, written.type]).toEqual(Array(2).fill('ExternalStorageUnavailable'));
      expect([read.nonRetryable, written.nonRetryable]).toEqual([false, false]);
      // What an activity has done is done, though it could not say so.
      expect(written.details).toEqual([{ inDoubt: true }]);
      expect(read.details).not.toEqual([{ inDoubt: true }]);
      const shown = JSON.stringify([
        read.message,
        written.message,
        read.cause ?? null,
        written.cause ?? null,
      ]);
      for (const secret of secretsOf(place)) expect(shown).not.toContain(secret);
    } finally {
      await place.start();
    }
    await expect(retrieve(claim)).resolves.toHaveLength(1);
  });

  it('are read by whoever knows the layout: the object is the payload as Temporal writes it', async () => {
    const { key } = await storeOne(Buffer.from('plain'));
    const written = PayloadProto.encode(payloadOf(Buffer.from('plain'))).finish();
    const there = await place.read(key);
    expect(there).toEqual(Buffer.from(written));
    expect(Buffer.from(PayloadProto.decode(there).data).toString()).toBe('plain');
  });
});

const secretsOf = ({ environment }: Place) =>
  Object.entries(environment)
    .filter(([name]) => /KEY$/.test(name))
    .map(([, value]) => value);

describe('a folder', () => {
  it('that is not there is trouble, and is not made: a share may not be mounted', async () => {
    const place = await folderPlace();
    await place.stop();
    const driver = new PayloadDriver(storeOf(place));
    const failure = await failureOf(driver.store({ target: TARGET }, [payloadOf(Buffer.of(1))]));
    expect(failure).toMatchObject({ type: 'ExternalStorageUnavailable', nonRetryable: false });
    expect(failure.message).toContain('ENOENT');
    await place.start();
    expect(await place.keys()).toEqual([]);
    await place.close();
  });
});

describe('a place that takes too long', () => {
  it('is given up, as trouble that passes', async () => {
    const hangs = {
      ...{ name: 'slow', type: 'slow', place: 'slow', claimOf: (key: string) => ({ key }) },
      keyOf: ({ key }: Record<string, string>) => key,
      put: (_key: string, _parts: Uint8Array[], signal: AbortSignal) =>
        new Promise<void>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
      get: async () => undefined,
    };
    const driver = new PayloadDriver(hangs, { transferTimeoutMs: 50 });
    const failure = await failureOf(driver.store({}, [payloadOf(Buffer.of(1))]));
    expect(failure).toMatchObject({ type: 'ExternalStorageUnavailable', nonRetryable: false });
    expect(failure.message).toContain('TimeoutError');
  });
});
