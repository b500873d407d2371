/** HOST: the keys that encrypt payloads, as their variable has them. */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { splitList } from '../common/split-list';

export const ENCRYPTION_KEYS = 'PAYLOAD_ENCRYPTION_KEYS';

export interface EncryptionKey {
  /** Goes with each payload, in clear: it says which key decrypts it. */
  id: string;
  key: KeyObject;
}

/** The first one encrypts, all decrypt. */
export type EncryptionKeys = readonly [EncryptionKey, ...EncryptionKey[]];

/** Of AES-256. */
const KEY_BYTES = 32;

/** With this many characters the text of 32 bytes in Base64 ends, whatever comes behind. */
const ENTRY = /^([\w.-]{1,64}):([A-Za-z0-9+/_-]{43}=?)$/;

/** Returns the keys of a text such as `2026-11:<Base64>,2026-05:<Base64>`. @throws Error, which repeats nothing of the text. */
export function parseEncryptionKeys(text: string, name: string = ENCRYPTION_KEYS): EncryptionKeys {
  const [first, ...more] = splitList(text).map((entry, index) => toKey(entry, index, name));
  if (first === undefined) throw new Error(`${name} must hold at least one key, as id:base64`);
  const ids = [first, ...more].map(({ id }) => id);
  if (new Set(ids).size < ids.length)
    throw new Error(
      `${name} must not hold two keys of one id: payloads say by the id which key decrypts them`,
    );
  return [first, ...more];
}

function toKey(entry: string, index: number, name: string): EncryptionKey {
  const [, id, base64] = ENTRY.exec(entry) ?? [];
  const bytes = Buffer.from(base64 ?? '', 'base64');
  if (id !== undefined && bytes.length === KEY_BYTES) return { id, key: createSecretKey(bytes) };
  throw new Error(
    `${name} must hold keys as id:base64, comma-separated, each of ${KEY_BYTES} bytes, such as \`openssl rand -base64 ${KEY_BYTES}\` makes them; number ${index + 1} is none`,
  );
}
