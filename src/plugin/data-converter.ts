/** HOST: the converter of a worker, which tells of payloads that it cannot read. */
import type { DataConverter } from '@temporalio/common';
import { Runtime } from '@temporalio/worker';
import { tellForeignEncodings } from '../worker/foreign-encodings';

/** One's own payload converter may read anything. Codecs decode last to first: the first one sees what none could read. */
export function toldOfForeignEncodings(converter: DataConverter = {}): DataConverter {
  if (converter.payloadConverterPath !== undefined) return converter;
  const { payloadCodecs = [] } = converter;
  return { ...converter, payloadCodecs: [tellForeignEncodings(Runtime.instance().logger), ...payloadCodecs] };
}
