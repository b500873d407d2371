/**
 * SHARED: may run anywhere. The SDK's own converter, but for text turned into bytes and back by the engine: the SDK does it in
 * JavaScript, which takes seconds and hundreds of MiB for outputs of 30 MiB, and a workflow task has ten seconds. What it writes
 * is the same.
 */
import {
  BinaryPayloadConverter,
  CompositePayloadConverter,
  encodingKeys,
  JsonPayloadConverter,
  METADATA_ENCODING_KEY,
  type Payload,
  UndefinedPayloadConverter,
  ValueError,
} from '@temporalio/common';
import { collectGarbage } from './garbage';

class NativeJsonPayloadConverter extends JsonPayloadConverter {
  override toPayload(value: unknown): Payload | undefined {
    if (value === undefined) return undefined;
    const data = bytesOfJson(value);
    if (data === undefined) return undefined;
    collectGarbage(data.length);
    return { metadata: { [METADATA_ENCODING_KEY]: encodingKeys.METADATA_ENCODING_JSON }, data };
  }

  override fromPayload<T>({ data }: Payload): T {
    if (data === undefined || data === null) throw new ValueError('Got payload with no data');
    const value: T = JSON.parse(new TextDecoder().decode(data));
    collectGarbage(data.length);
    return value;
  }
}

function bytesOfJson(value: unknown): Uint8Array | undefined {
  try {
    return new TextEncoder().encode(JSON.stringify(value));
  } catch {
    return undefined;
  }
}

export const payloadConverter = new CompositePayloadConverter(
  new UndefinedPayloadConverter(),
  new BinaryPayloadConverter(),
  new NativeJsonPayloadConverter(),
);
