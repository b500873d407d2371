/**
 * HOST: where the codec has its keys from. A process that has had keys goes on with them where they cannot be read again: an
 * activity whose result could not be encrypted would be done twice.
 */
import { type EncryptionKeys, parseEncryptionKeys } from './keys';

export interface KeySource {
  current(): Promise<EncryptionKeys>;
  /** Asks again, for a key that the current ones lack. */
  renewed(): Promise<EncryptionKeys>;
}

export function fixedKeys(keys: EncryptionKeys): KeySource {
  return { current: async () => keys, renewed: async () => keys };
}

/** A new first key encrypts soon, and no file is read for each payload. */
const KEPT_FOR_MS = 10_000;

/** Payloads with a key that nobody knows come again and again. */
const RENEWED_EVERY_MS = 1_000;

/**
 * Reads the keys again after some seconds, and at once for a key that is missing.
 * @param name of the variable that says where they are, for errors.
 * @param now milliseconds of any clock.
 */
export function keysReadAgain(
  read: () => Promise<string | undefined>,
  name: string,
  now = () => performance.now(),
): KeySource {
  let known: EncryptionKeys | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<EncryptionKeys> | undefined;
  const readNow = async () => {
    try {
      known = parseEncryptionKeys((await read()) ?? '', name);
    } catch (error) {
      if (known === undefined) throw error;
    } finally {
      readAt = now();
      reading = undefined;
    }
    return known as EncryptionKeys;
  };
  const youngerThan = async (ms: number) => {
    if (known !== undefined && now() - readAt < ms) return known;
    reading ??= readNow();
    return reading;
  };
  return { current: () => youngerThan(KEPT_FOR_MS), renewed: () => youngerThan(RENEWED_EVERY_MS) };
}
