/** HOST: the one data converter of workers, clients, the command and callbacks: what becomes of payloads on their way to Temporal. */
import type { DataConverter } from '@temporalio/common';
import { ConfigError } from '../config/config-error';
import { type PayloadSettings, readPayloadSettings } from '../config/payloads';
import { encryptingCodec } from '../encryption/codec';
import { externalStorage } from '../storage/external-storage';

/** Where the SDK loads it from: workers bundle it, too. */
const ENCODED_FAILURES = require.resolve('../common/encoded-failures');

/** For payloads that are large. The bundle of the worker process has it, whatever the configuration is. */
const NATIVE_PAYLOADS = require.resolve('../common/payload-converter');

/** @param own what the user has by himself. His codecs come first: encrypted bytes do not compress. */
export function dataConverterOf(settings: PayloadSettings, own: DataConverter = {}): DataConverter {
  return stored(settings, encrypted(settings, own));
}

function encrypted({ encryption }: PayloadSettings, own: DataConverter): DataConverter {
  if (encryption === undefined) return own;
  const { keys, ...rules } = encryption;
  return {
    failureConverterPath: ENCODED_FAILURES,
    ...own,
    payloadCodecs: [...(own.payloadCodecs ?? []), encryptingCodec(keys, rules)],
  };
}

/** What is stored has passed the codecs. A storage of the user's own stays the only one. */
function stored({ externalStorage: settings }: PayloadSettings, own: DataConverter): DataConverter {
  if (settings === undefined || own.externalStorage) return own;
  return { payloadConverterPath: NATIVE_PAYLOADS, ...own, externalStorage: externalStorage(settings) };
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
