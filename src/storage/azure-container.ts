/** HOST: large payloads in a container of Azure Blob Storage, by Microsoft's library, which is loaded at the first one. */
import { Readable } from 'node:stream';
import type { TokenCredential } from '../dataverse';
import { loadPackage } from '../identity/optional-package';
import { type ObjectStore, ObjectTooLarge } from './object-store';
import { hashOf, lengthOf } from './parts';

export const AZURE_PACKAGE = '@azure/storage-blob';

type Library = typeof import('@azure/storage-blob');
type ContainerClient = InstanceType<Library['ContainerClient']>;

/** Whoever asked tries again by itself, and then waits as it should. */
const TRIES = 2;
const BETWEEN_TRIES_MS = 500;

/** How often a download that breaks off is taken up where it did. */
const RESUMED = 3;

/** Is written again, with the next try. */
class DamagedOnTheWay extends Error {
  override readonly name = 'DamagedOnTheWay';
}

/** As whom the container is asked. */
export type AzureStorageAccess =
  | { credential: TokenCredential }
  /** The query string of a shared access signature, without `?`. */
  | { signature: string }
  | { accountName: string; accountKey: string };

export interface AzureContainerOptions {
  /** Of the container: `https://<account>.blob.core.windows.net/<container>`. */
  url: string;
  /** Before each key, with `/` at its end; empty for none. */
  prefix: string;
  access: AzureStorageAccess;
}

export class AzureContainer implements ObjectStore {
  readonly name = 'temporal-power-automate.azure-blob';
  readonly type = 'azure.blobdriver';
  readonly place: string;
  readonly #options: AzureContainerOptions;
  #client: ContainerClient | undefined;

  constructor(options: AzureContainerOptions) {
    this.#options = options;
    this.place = options.prefix ? `${options.url}/${options.prefix.slice(0, -1)}` : options.url;
  }

  async put(key: string, parts: Uint8Array[], signal: AbortSignal): Promise<void> {
    const { contentMD5 } = await this.#blob(key).upload(() => Readable.from(parts), lengthOf(parts), {
      abortSignal: signal,
      blobHTTPHeaders: { blobContentType: 'application/octet-stream' },
    });
    // The service answers what has arrived.
    if (contentMD5 && !hashOf('md5', parts).equals(contentMD5)) throw new DamagedOnTheWay();
  }

  async get(key: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    try {
      const answer = await this.#blob(key).download(0, undefined, {
        abortSignal: signal,
        maxRetryRequests: RESUMED,
      });
      const { contentLength = 0, readableStreamBody } = answer;
      if (contentLength > maxBytes) {
        (readableStreamBody as Readable | undefined)?.destroy();
        throw new ObjectTooLarge();
      }
      return await whole(readableStreamBody as Readable, contentLength);
    } catch (error) {
      const { statusCode, code } = error as { statusCode?: number; code?: string };
      // Not ContainerNotFound, nor an account that is not there: those can be mended.
      if (statusCode === 404 && code === 'BlobNotFound') return undefined;
      throw error;
    }
  }

  claimOf(key: string): Record<string, string> {
    return { key };
  }

  keyOf({ key }: Record<string, string>): string | undefined {
    return key;
  }

  #blob(key: string) {
    this.#client ??= this.#connect();
    return this.#client.getBlockBlobClient(`${this.#options.prefix}${key}`);
  }

  #connect(): ContainerClient {
    const { ContainerClient, StorageSharedKeyCredential } = loadPackage<Library>(AZURE_PACKAGE);
    const { url, access } = this.#options;
    const options = { retryOptions: { maxTries: TRIES, retryDelayInMs: BETWEEN_TRIES_MS } };
    if ('signature' in access) return new ContainerClient(`${url}?${access.signature}`, undefined, options);
    if ('credential' in access) return new ContainerClient(url, access.credential, options);
    const key = new StorageSharedKeyCredential(access.accountName, access.accountKey);
    return new ContainerClient(url, key, options);
  }
}

/** In one place from the beginning: parts that are joined at the end are there twice. */
async function whole(stream: Readable, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length);
  let received = 0;
  for await (const chunk of stream) received += (chunk as Buffer).copy(bytes, received);
  // What is missing, or too much, is found by its hash.
  return bytes.subarray(0, received);
}
