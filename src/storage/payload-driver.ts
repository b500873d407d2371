/**
 * HOST: the driver of Temporal's SDK over any store. The SDK asks it outside of the workflow sandbox, after the codecs: what
 * comes here is encrypted already where payloads are. It checks what it reads, and tells trouble that passes from a payload
 * that is gone.
 */
import {
  ApplicationFailure,
  type Payload,
  type StorageDriver,
  StorageDriverClaim,
  type StorageDriverRetrieveContext,
  type StorageDriverStoreContext,
} from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { EXTERNAL_PAYLOAD_LOST, EXTERNAL_STORAGE_UNAVAILABLE } from '../common/failure-types';
import { collectGarbage } from '../common/garbage';
import { Places } from '../common/places';
import { isKeyOf, keyFor } from './keys';
import { type ObjectStore, ObjectTooLarge } from './object-store';
import { hashOf, lengthOf } from './parts';

const { Payload: PayloadProto } = temporal.api.common.v1;

/** Outputs have 32 MiB at most; encrypted, and written as text, they grow by a third. */
const MAX_OBJECT_BYTES = 64 * 1024 * 1024;

/** 32 MiB at 5 Mbit/s. Shorter than the heartbeat time-out of the activity `getFlowOutputs`, which waits for it. */
const TRANSFER_TIMEOUT_MS = 60_000;

/** Each holds a payload, and as much again on the wire: TLS encrypts all of it at once. */
const TRANSFERS_AT_ONCE = 2;

/** `bytes data = 2` of `temporal.api.common.v1.Payload`, as protobuf writes it before the length: field number and wire type. */
const DATA_TAG = (2 << 3) | 2;

/** Only what an error is called survives: messages of the libraries quote URLs, and those can hold a signature. */
const PLAIN_WORD = /^\w{1,100}$/;

export interface PayloadDriverOptions {
  /** @default 60000 */
  transferTimeoutMs?: number;
}

export class PayloadDriver implements StorageDriver {
  readonly name: string;
  readonly type: string;
  readonly #store: ObjectStore;
  readonly #places = new Places(TRANSFERS_AT_ONCE);
  readonly #timeoutMs: number;

  constructor(store: ObjectStore, { transferTimeoutMs = TRANSFER_TIMEOUT_MS }: PayloadDriverOptions = {}) {
    this.name = store.name;
    this.type = store.type;
    this.#store = store;
    this.#timeoutMs = transferTimeoutMs;
  }

  store(
    { target, abortSignal }: StorageDriverStoreContext,
    payloads: Payload[],
  ): Promise<StorageDriverClaim[]> {
    return Promise.all(
      payloads.map((payload) => this.#transfer(() => this.#put(payload, target?.namespace, abortSignal))),
    );
  }

  retrieve({ abortSignal }: StorageDriverRetrieveContext, claims: StorageDriverClaim[]): Promise<Payload[]> {
    return Promise.all(
      claims.map(({ claimData }) => this.#transfer(() => this.#get(claimData, abortSignal))),
    );
  }

  async #transfer<T>(work: () => Promise<T>): Promise<T> {
    await this.#places.take();
    try {
      return await work();
    } finally {
      this.#places.giveBack();
    }
  }

  async #put(
    payload: Payload,
    namespace: string | undefined,
    abortSignal: AbortSignal | undefined,
  ): Promise<StorageDriverClaim> {
    const parts = encodedParts(payload);
    const length = lengthOf(parts);
    if (length > MAX_OBJECT_BYTES) {
      // Not `lost`: nothing was stored, and whoever made it may make it smaller.
      const message = `A payload of ${length} bytes is too large: external storage takes ${MAX_OBJECT_BYTES}`;
      throw ApplicationFailure.nonRetryable(message, 'ExternalPayloadTooLarge', { inDoubt: true });
    }
    const hash = sha256Of(parts);
    const key = keyFor(hash, namespace);
    try {
      await this.#store.put(key, parts, this.#signal(abortSignal));
    } catch (error) {
      // In doubt: an activity that cannot hand over its result has done its work, and a trigger has started its robot.
      throw unavailable(`did not take a payload of ${length} bytes`, this.#store, error, {
        inDoubt: true,
      });
    }
    const size = String(length);
    collectGarbage(length);
    return new StorageDriverClaim({
      ...this.#store.claimOf(key),
      hashAlgorithm: 'sha256',
      hashValue: hash,
      size,
    });
  }

  async #get(claim: Record<string, string>, abortSignal: AbortSignal | undefined): Promise<Payload> {
    const { hashAlgorithm, hashValue = '' } = claim;
    const key = this.#store.keyOf(claim);
    if (key === undefined || hashAlgorithm !== 'sha256' || !isKeyOf(key, hashValue)) {
      throw lost(
        `A reference names a payload that is not in ${this.#store.place}. Check EXTERNAL_STORAGE_URL: it must name the place of whoever stored it`,
      );
    }
    const bytes = await this.#read(key, abortSignal);
    if (bytes === undefined) {
      throw lost(
        `A payload is no longer in ${this.#store.place}: ${key} is not there. Was it deleted before its workflow was? See docs/large-payloads.md`,
      );
    }
    const found = sha256Of([bytes]);
    if (found !== hashValue) {
      throw lost(
        `A payload in ${this.#store.place} is not what was stored: ${key} has ${bytes.length} bytes whose SHA-256 is ${found}. Restore it`,
      );
    }
    const payload = PayloadProto.decode(bytes);
    collectGarbage(bytes.length);
    return payload;
  }

  async #read(key: string, abortSignal: AbortSignal | undefined): Promise<Uint8Array | undefined> {
    try {
      return await this.#store.get(key, MAX_OBJECT_BYTES, this.#signal(abortSignal));
    } catch (error) {
      if (error instanceof ObjectTooLarge) {
        throw lost(
          `A payload in ${this.#store.place} is not what was stored: ${key} is larger than ${MAX_OBJECT_BYTES} bytes`,
        );
      }
      throw unavailable('did not give a payload', this.#store, error);
    }
  }

  #signal(abortSignal: AbortSignal | undefined): AbortSignal {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    return abortSignal ? AbortSignal.any([abortSignal, timeout]) : timeout;
  }
}

function sha256Of(parts: Uint8Array[]): string {
  return hashOf('sha256', parts).toString('hex');
}

/**
 * The payload as protobuf writes it, its data in a part of its own: at the end, which is its place where there are no external
 * payloads, and protobuf reads fields in any order.
 */
function encodedParts({ data, ...others }: Payload): Uint8Array[] {
  const head = PayloadProto.encode(others);
  if (!data?.length) return [head.finish()];
  return [head.uint32(DATA_TAG).uint32(data.length).finish(), data];
}

function unavailable(
  what: string,
  { place }: ObjectStore,
  error: unknown,
  details: object = {},
): ApplicationFailure {
  const message = `The external storage ${place} ${what}: ${whyOf(error)}. It is tried again`;
  return ApplicationFailure.create({
    type: EXTERNAL_STORAGE_UNAVAILABLE,
    message,
    nonRetryable: false,
    details: [details],
  });
}

function lost(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: EXTERNAL_PAYLOAD_LOST, message, nonRetryable: true });
}

function whyOf(error: unknown): string {
  const { statusCode, $metadata, code, name } = (error ?? {}) as Record<string, unknown>;
  const status = statusCode ?? ($metadata as { httpStatusCode?: number } | undefined)?.httpStatusCode;
  const words = [status, code, name].filter((word) => PLAIN_WORD.test(String(word ?? '')));
  const said = [...new Set(words.filter((word) => word !== 'Error').map(String))];
  return said.join(' ') || 'no reason was given';
}
