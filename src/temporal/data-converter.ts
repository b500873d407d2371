/** HOST: the one data converter of workers, clients, the command and callbacks: what becomes of payloads on their way to Temporal. */
import type { DataConverter } from '@temporalio/common';
import { ConfigError } from '../config/config-error';
import { type PayloadSettings, readPayloadSettings } from '../config/payloads';
import { encryptingCodec } from '../encryption/codec';
import { externalStorage } from '../storage/external-storage';

/** @param own what the user has by himself. His codecs come first: encrypted bytes do not compress. */
export function dataConverterOf(settings: PayloadSettings, own: DataConverter = {}): DataConverter {
  return stored(settings, encrypted(settings, own));
}

function encrypted({ encryption }: PayloadSettings, own: DataConverter): DataConverter {
  if (encryption === undefined) return own;
  const { keys, ...rules } = encryption;
  return {
    failureConverterPath: encodedFailures(),
    ...own,
    payloadCodecs: [...(own.payloadCodecs ?? []), encryptingCodec(keys, rules)],
  };
}

/** What is stored has passed the codecs. A storage of the user's own stays the only one. */
function stored({ externalStorage: settings }: PayloadSettings, own: DataConverter): DataConverter {
  if (settings === undefined || own.externalStorage) return own;
  return { payloadConverterPath: nativePayloads(), ...own, externalStorage: externalStorage(settings) };
}

/** Where the SDK loads it from: workers bundle it, too. */
function encodedFailures(): string {
  return fileOf(() => require.resolve('../common/encoded-failures'));
}

/** For payloads that are large. The bundle of the worker process has it, whatever the configuration is. */
function nativePayloads(): string {
  return fileOf(() => require.resolve('../common/payload-converter'));
}

/** Whoever bundles his worker has no such file, and needs none without these variables. */
function fileOf(resolve: () => string): string {
  try {
    return resolve();
  } catch (error) {
    const cause = { cause: error };
    throw new Error(
      'PAYLOAD_ENCRYPTION_KEYS and EXTERNAL_STORAGE_URL need the files of temporal-power-automate: tell the bundler of your worker that the package is external',
      cause,
    );
  }
}

/**
 * The data converter that the variables PAYLOAD_* and EXTERNAL_STORAGE_* say, for a client or a worker of your own: `new Client({ connection,
 * dataConverter: readDataConverter() })`. Workers with `PowerAutomatePlugin` have it already.
 *
 * @param own what else you convert. Your codecs encode before the encryption.
 * @throws ConfigError, which names every variable that is wrong, and repeats no key.
 */
export function readDataConverter(
  environment: NodeJS.ProcessEnv = process.env,
  own: DataConverter = {},
): DataConverter {
  const problems: string[] = [];
  const settings = readPayloadSettings(
    (name) => environment[name]?.trim() || undefined,
    problems,
    () => undefined,
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return dataConverterOf(settings, own);
}
