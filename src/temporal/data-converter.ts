/** HOST: the one data converter of workers, clients, the command and callbacks: what becomes of payloads on their way to Temporal. */
import type { DataConverter } from '@temporalio/common';
import type { PayloadSettings } from '../config/payloads';
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
