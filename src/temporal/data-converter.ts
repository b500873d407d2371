/** HOST: the one data converter of workers, clients, the command and callbacks: what becomes of payloads on their way to Temporal. */
import type { DataConverter } from '@temporalio/common';
import { ConfigError } from '../config/config-error';
import { type PayloadSettings, readPayloadSettings } from '../config/payloads';
import { encryptingCodec } from '../encryption/codec';

/** Where the SDK loads it from: workers bundle it, too. */
const ENCODED_FAILURES = require.resolve('../common/encoded-failures');

/** @param own what the user has by himself. His codecs come first: encrypted bytes do not compress. */
export function dataConverterOf({ encryption }: PayloadSettings, own: DataConverter = {}): DataConverter {
  if (encryption === undefined) return own;
  const { keys, ...rules } = encryption;
  return {
    failureConverterPath: ENCODED_FAILURES,
    ...own,
    payloadCodecs: [...(own.payloadCodecs ?? []), encryptingCodec(keys, rules)],
  };
}

/**
 * The data converter that the variables PAYLOAD_* say, for a client or a worker of your own: `new Client({ connection,
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
  const settings = readPayloadSettings((name) => environment[name]?.trim() || undefined, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return dataConverterOf(settings, own);
}
