/** HOST: finds the keys that sign callback URLs. */
import { hkdfSync } from 'node:crypto';
import type { SigningKeys } from '../callback/token';
import { splitList } from '../common/split-list';
import type { DataverseCredentials } from '../dataverse';
import { type SecretProvider, SIGNING_KEYS } from './secrets';

export const MINIMUM_KEY_LENGTH = 16;

export interface SigningKeySources {
  /** Asked first for CALLBACK_SIGNING_KEYS, for each URL, because keys change. @default not asked */
  secrets?: SecretProvider;
  /** The keys of the configuration, used where the provider has none. @default [] */
  signingKeys?: readonly string[];
  /** The worker's own: without other keys, the signing key is derived from them. */
  credentials?: DataverseCredentials;
}

export function signingKeysFrom(sources: SigningKeySources): () => Promise<SigningKeys> {
  const { secrets, signingKeys = [], credentials } = sources;
  let derived: Buffer | undefined;
  return async () => {
    const provided = splitList(await secrets?.get(SIGNING_KEYS));
    const [first, ...more] = provided.length > 0 ? provided : signingKeys;
    if (first === undefined) {
      derived ??= derivedKey(credentials);
      return [derived];
    }
    if ([first, ...more].every((key) => key.length >= MINIMUM_KEY_LENGTH)) return [first, ...more];
    throw new Error(`${SIGNING_KEYS} must hold keys of at least ${MINIMUM_KEY_LENGTH} characters`);
  };
}

/** What a key can be derived from: a secret that every worker has, and that does not change while they run. */
export function fixedSecretOf(credentials: DataverseCredentials | undefined): string | undefined {
  if (credentials?.type === 'bearer') return credentials.token;
  return credentials?.type === 'oauth' && 'clientSecret' in credentials
    ? credentials.clientSecret
    : undefined;
}

function derivedKey(credentials: DataverseCredentials | undefined): Buffer {
  const secret = fixedSecretOf(credentials);
  if (secret !== undefined)
    return Buffer.from(hkdfSync('sha256', secret, '', 'temporal-power-automate callback URL', 32));
  throw new Error(`${SIGNING_KEYS} must be set: this worker has no credentials to derive a signing key from`);
}
