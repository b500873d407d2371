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
    const value = valueOfJson<T>(data);
    collectGarbage(data.length);
    return value;
  }
}

/** V8 writes JSON in many pieces, and joins them when it reads a character: without a collection both would be there. */
function inOnePiece(text: string | undefined): string | undefined {
  text?.charCodeAt(0);
  collectGarbage(text?.length ?? 0);
  return text;
}

/** A function of its own: the text ends with its frame, so that it can be collected. */
function valueOfJson<T>(data: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(data));
}

function bytesOfJson(value: unknown): Uint8Array | undefined {
  try {
    return new TextEncoder().encode(inOnePiece(JSON.stringify(value)));
  } catch {
    return undefined;
  }
}

export const payloadConverter = new CompositePayloadConverter(
  new UndefinedPayloadConverter(),
  new BinaryPayloadConverter(),
  new NativeJsonPayloadConverter(),
);
