/** HOST: the external storage of Temporal's SDK for a place. */
import { ExternalStorage } from '@temporalio/common';
import { AzureContainer, type AzureStorageAccess } from './azure-container';
import { Folder } from './folder';
import type { StorageLocation } from './location';
import type { ObjectStore } from './object-store';
import { PayloadDriver, type PayloadDriverOptions } from './payload-driver';
import { S3Bucket } from './s3-bucket';

/** A place, and as whom it is asked. */
export type StorageSettings =
  | (Extract<StorageLocation, { kind: 'azure' }> & { access: AzureStorageAccess })
  | (Extract<StorageLocation, { kind: 's3' }> & { forcePathStyle: boolean })
  | Extract<StorageLocation, { kind: 'folder' }>;

/** Temporal's own. What is smaller stays in the history. */
const STORED_FROM_BYTES = 256 * 1024;

export function externalStorage(settings: StorageSettings, options?: PayloadDriverOptions): ExternalStorage {
  return new ExternalStorage({
    drivers: [new PayloadDriver(storeAt(settings), options)],
    payloadSizeThreshold: STORED_FROM_BYTES,
  });
}

export function storeAt(settings: StorageSettings): ObjectStore {
  switch (settings.kind) {
    case 'azure':
      return new AzureContainer(settings);
    case 's3':
      return new S3Bucket(settings);
    case 'folder':
      return new Folder(settings.root);
  }
}
