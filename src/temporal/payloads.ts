/** HOST: reads payloads of a history that the SDK hands out as they are: neither fetched nor decoded. */
import { ApplicationFailure, type LoadedDataConverter, type Payload } from '@temporalio/common';
import { decodeArrayFromPayloads, ExternalStorageRunner } from '@temporalio/common/lib/internal-non-workflow';
import { EXTERNAL_STORAGE_UNAVAILABLE } from '../common/failure-types';

/** @throws ApplicationFailure `ExternalStorageUnavailable`, `ExternalPayloadLost` */
export async function readPayloads(
  converter: LoadedDataConverter,
  payloads: Payload[] | null | undefined,
): Promise<unknown[]> {
  const { externalStorage } = converter;
  if (externalStorage === undefined || !payloads) return decodeArrayFromPayloads(converter, payloads);
  const whole = await new ExternalStorageRunner(externalStorage).retrieve(payloads);
  return decodeArrayFromPayloads(converter, whole);
}

/** Whether a payload could not be fetched, and will be there later. */
export function isStorageTrouble(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === EXTERNAL_STORAGE_UNAVAILABLE;
}
