/**
 * HOST: encrypts payloads with AES-256-GCM. Each carries, in clear, the id of its key and the context in which it was written:
 * the namespace and the id of the workflow that owns it. Both are authenticated with it. A reader that knows in which context
 * it reads refuses a payload of another one (`context.ts`), so nobody can have a run read what was written for another run.
 *
 * Payloads in clear text pass: a run that began before the encryption goes on with it.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { type ContextRules, contextProblem, contextText } from './context';
import type { KeySource } from './key-source';
import { ENCRYPTION_KEYS, type EncryptionKey } from './keys';

const ENCODING = 'binary/encrypted';

const ALGORITHM = 'aes-256-gcm';

/** Recommended for GCM, NIST SP 800-38D. Random, so a key is for at most 2^32 payloads. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const METADATA = {
  encoding: 'encoding',
  keyId: 'encryption-key-id',
  context: 'encryption-context',
} as const;

export const DECRYPTION_ERROR = 'DecryptionError';

/** A payload that cannot be decrypted, yet or ever. Its message has nothing of what is in it. */
class DecryptionError extends Error {
  override readonly name = DECRYPTION_ERROR;
}

export function encryptingCodec(source: KeySource, rules: ContextRules = {}): PayloadCodec {
  return {
    async encode(payloads, context) {
      const [key] = await source.current();
      const text = contextText(context);
      return payloads.map((payload) => encrypt(payload, key, text));
    },
    // Asks for keys also where nothing is encrypted: a worker that could not encrypt a result must not begin the activity.
    async decode(payloads, context) {
      const keys = await source.current();
      return Promise.all(
        payloads.map(async (payload) => {
          const sealed = sealedPartsOf(payload);
          if (sealed === undefined) return payload;
          const isIts = ({ id }: EncryptionKey) => id === sealed.keyId;
          const key = keys.find(isIts) ?? (await source.renewed()).find(isIts);
          if (key === undefined) throw unknownKey(sealed.keyId);
          const clear = decrypt(sealed, key);
          const problem = contextProblem(sealed.context, context, rules);
          if (problem) throw new DecryptionError(problem);
          return clear;
        }),
      );
    },
  };
}

/** A payload of this codec, not of another one that has the same name for its encoding. */
interface Sealed {
  keyId: string;
  /** As it was authenticated. */
  context: string;
  data: Buffer;
}

function sealedPartsOf({ metadata, data }: Payload): Sealed | undefined {
  const {
    [METADATA.encoding]: encoding,
    [METADATA.keyId]: keyId,
    [METADATA.context]: context,
  } = metadata ?? {};
  if (!encoding || !keyId || !context || toText(encoding) !== ENCODING) return undefined;
  return { keyId: toText(keyId), context: toText(context), data: toBuffer(data ?? new Uint8Array()) };
}

function encrypt(payload: Payload, { id, key }: EncryptionKey, context: string): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(authenticated(id, context));
  const clear = temporal.api.common.v1.Payload.encode(payload).finish();
  const data = Buffer.concat([nonce, cipher.update(clear), cipher.final(), cipher.getAuthTag()]);
  return {
    metadata: {
      [METADATA.encoding]: Buffer.from(ENCODING),
      [METADATA.keyId]: Buffer.from(id),
      [METADATA.context]: Buffer.from(context),
    },
    data,
  };
}

function decrypt({ keyId, context, data }: Sealed, { key }: EncryptionKey): Payload {
  try {
    const nonce = data.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(authenticated(keyId, context)).setAuthTag(data.subarray(-TAG_BYTES));
    const clear = [decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
    return temporal.api.common.v1.Payload.decode(Buffer.concat(clear));
  } catch {
    throw new DecryptionError(
      `A payload that was encrypted with the key ${keyId} cannot be decrypted with the key of that id in ${ENCRYPTION_KEYS}: either it was changed, or two keys have one id`,
    );
  }
}

/** The name keeps apart what else a key may ever be used for. No id and no JSON text has a line break. */
function authenticated(keyId: string, context: string): Buffer {
  return Buffer.from(`temporal-power-automate payload 1\n${keyId}\n${context}`);
}

/** Of the id only what could be one: anybody may write any metadata. */
function unknownKey(id: string): DecryptionError {
  const shown = /^[\w.-]{1,64}$/.test(id) ? id : 'of no valid id';
  return new DecryptionError(
    `A payload was encrypted with the key ${shown}, which this process does not have. Add it to ${ENCRYPTION_KEYS} behind the first one, for as long as runs of it are kept`,
  );
}

function toText(bytes: Uint8Array): string {
  return toBuffer(bytes).toString('utf8');
}

/** Without a copy. */
function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
