/**
 * HOST: tells of payloads that the codec of a starter has encoded. This process does not have that codec, so its converter
 * refuses them (`Unknown encoding`), and Temporal tries the workflow task again for ever: the run hangs, and nothing says why.
 */
import { encodingTypes, type Payload, type PayloadCodec } from '@temporalio/common';
import type { Logger } from '@temporalio/worker';

/** What the SDK's own converter reads. */
const READABLE: readonly string[] = [
  encodingTypes.METADATA_ENCODING_NULL,
  encodingTypes.METADATA_ENCODING_RAW,
  encodingTypes.METADATA_ENCODING_JSON,
];

/** Minimum time between two lines: tasks are tried again and again, of each run. */
const LOGGED_EVERY_MS = 60_000;

/** Anybody may write any name. */
const MAX_NAME_LENGTH = 100;

const MESSAGE =
  'The payloads of a workflow are encoded in a way that this worker cannot read, so its tasks fail with `Unknown encoding` ' +
  'until a worker comes that can. The worker needs the PAYLOAD_ENCRYPTION_KEYS of the client that starts the runs; where it has ' +
  'a `dataConverter` of its own, run them in a worker of your own (docs/configuration.md, "Encrypted payloads")';

/**
 * A codec that changes nothing, because codecs see every payload before the converter does.
 * @param now milliseconds of any clock.
 */
export function tellForeignEncodings(
  logger: Pick<Logger, 'error'>,
  now = () => performance.now(),
): PayloadCodec {
  let quietUntil = Number.NEGATIVE_INFINITY;
  return {
    encode: async (payloads) => payloads,
    async decode(payloads, context) {
      const encoding = payloads
        .map(encodingOf)
        .find((name) => name !== undefined && !READABLE.includes(name));
      if (encoding !== undefined && now() >= quietUntil) {
        quietUntil = now() + LOGGED_EVERY_MS;
        const { workflowId, namespace } = context ?? {};
        logger.error(MESSAGE, { encoding: encoding.slice(0, MAX_NAME_LENGTH), workflowId, namespace });
      }
      return payloads;
    },
  };
}

function encodingOf({ metadata }: Payload): string | undefined {
  const bytes = metadata?.encoding;
  return bytes ? Buffer.from(bytes).toString('utf8') : undefined;
}
