/** HOST: reads from the environment what becomes of payloads on their way to Temporal. */
import { messageOf } from '../common/message-of';
import { splitList } from '../common/split-list';
import type { DataverseCredentials } from '../dataverse';
import { readSecretFile } from '../dataverse/auth/secret-file';
import type { ContextRules } from '../encryption/context';
import { fixedKeys, type KeySource, keysReadAgain } from '../encryption/key-source';
import { ENCRYPTION_KEYS, parseEncryptionKeys } from '../encryption/keys';
import type { StorageSettings } from '../storage/external-storage';
import type { Read } from './credentials';
import { readExternalStorage, storageSecretsOf } from './external-storage';

export interface PayloadSettings {
  /** PAYLOAD_ENCRYPTION_KEYS, or PAYLOAD_ENCRYPTION_KEYS_FILE. @default payloads are not encrypted */
  encryption?: EncryptionSettings;
  /** EXTERNAL_STORAGE_URL and its siblings: where large payloads go. @default they stay in the history, where they fit */
  externalStorage?: StorageSettings;
}

export interface EncryptionSettings extends ContextRules {
  keys: KeySource;
}

const KEYS_FILE = 'PAYLOAD_ENCRYPTION_KEYS_FILE';
const NEXUS_NAMESPACES = 'PAYLOAD_ENCRYPTION_NEXUS_NAMESPACES';

/**
 * Adds what is wrong to `problems`.
 * @param credentials those for Dataverse: Azure's storage is asked with them where no others are named.
 */
export function readPayloadSettings(
  read: Read,
  problems: string[],
  credentials: () => DataverseCredentials | undefined = () => undefined,
): PayloadSettings {
  const encryption = readEncryption(read, problems);
  const externalStorage = readExternalStorage({ read, problems }, credentials);
  return { ...(encryption && { encryption }), ...(externalStorage && { externalStorage }) };
}

/** Adds what is wrong to `problems`. */
export function readEncryption(read: Read, problems: string[]): EncryptionSettings | undefined {
  const keys = readKeys(read, problems);
  const nexusNamespaces = splitList(read(NEXUS_NAMESPACES));
  return keys && { keys, ...(nexusNamespaces.length > 0 && { nexusNamespaces }) };
}

/** What of the settings must not show in a log. */
export function payloadSecretsOf({ externalStorage }: PayloadSettings): string[] {
  return storageSecretsOf(externalStorage);
}

function readKeys(read: Read, problems: string[]): KeySource | undefined {
  const text = read(ENCRYPTION_KEYS);
  const file = read(KEYS_FILE);
  if (text !== undefined && file !== undefined)
    problems.push(`${ENCRYPTION_KEYS} and ${KEYS_FILE} must not both be set`);
  if (file !== undefined) return keysReadAgain(() => textOf(file), KEYS_FILE);
  if (text === undefined) return undefined;
  try {
    return fixedKeys(parseEncryptionKeys(text));
  } catch (error) {
    problems.push(messageOf(error));
    return undefined;
  }
}

async function textOf(file: string): Promise<string> {
  const text = await readSecretFile(file).catch((error: unknown) => {
    throw new Error(`The file of ${KEYS_FILE} cannot be read: ${messageOf(error)}`);
  });
  if (text === undefined) throw new Error(`The file of ${KEYS_FILE} does not exist`);
  return text;
}
