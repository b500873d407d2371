/** HOST: the converter of a worker: that of the configuration, and it tells of payloads that it cannot read. */
import type { DataConverter } from '@temporalio/common';
import { Runtime } from '@temporalio/worker';
import type { PayloadSettings } from '../config/payloads';
import { dataConverterOf } from '../temporal/data-converter';
import { tellForeignEncodings } from '../worker/foreign-encodings';

/** One's own payload converter may read anything. Codecs decode last to first: the first one sees what none could read. */
export function workersDataConverter(settings: PayloadSettings, own: DataConverter = {}): DataConverter {
  const converter = dataConverterOf(settings, own);
  if (own.payloadConverterPath !== undefined) return converter;
  const { payloadCodecs = [] } = converter;
  return { ...converter, payloadCodecs: [tellForeignEncodings(Runtime.instance().logger), ...payloadCodecs] };
}
