/**
 * HOST: large payloads in a bucket of S3, by AWS's library, which is loaded at the first one. References are written as
 * Temporal's own S3 driver writes them, so that its SDKs for other languages read them, and those of theirs are read here.
 */
import { loadPackage } from '../identity/optional-package';
import { type ObjectStore, ObjectTooLarge } from './object-store';

export const S3_PACKAGE = '@aws-sdk/client-s3';

type Library = typeof import('@aws-sdk/client-s3');
type S3Client = InstanceType<Library['S3Client']>;

/** Whoever asked tries again by itself, and then waits as it should. */
const TRIES = 2;

export interface S3BucketOptions {
  bucket: string;
  /** Before each key, with `/` at its end; empty for none. */
  prefix: string;
  /** Whether the bucket stands in the path, as stores other than Amazon's want it. */
  forcePathStyle: boolean;
}

export class S3Bucket implements ObjectStore {
  readonly name = 'aws.s3driver';
  readonly type = 'aws.s3driver';
  readonly place: string;
  readonly #options: S3BucketOptions;
  #client: S3Client | undefined;

  constructor(options: S3BucketOptions) {
    this.#options = options;
    this.place = `s3://${options.bucket}/${options.prefix}`.replace(/\/$/, '');
  }

  async put(key: string, parts: Uint8Array[], signal: AbortSignal): Promise<void> {
    const { PutObjectCommand } = this.#library();
    const { bucket: Bucket, prefix } = this.#options;
    // In one piece: the library sends a checksum before the body, and the store compares it.
    const command = new PutObjectCommand({
      Bucket,
      Key: `${prefix}${key}`,
      Body: Buffer.concat(parts),
      ContentType: 'application/octet-stream',
    });
    await this.#connected().send(command, { abortSignal: signal });
  }

  async get(key: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const { GetObjectCommand } = this.#library();
    const { bucket: Bucket, prefix } = this.#options;
    try {
      const command = new GetObjectCommand({ Bucket, Key: `${prefix}${key}` });
      const { Body, ContentLength = 0 } = await this.#connected().send(command, { abortSignal: signal });
      if (Body === undefined) return undefined;
      if (ContentLength > maxBytes) {
        if ('destroy' in Body) Body.destroy();
        throw new ObjectTooLarge();
      }
      return await Body.transformToByteArray();
    } catch (error) {
      // Not NoSuchBucket, which can be mended.
      if ((error as Error).name === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  claimOf(key: string): Record<string, string> {
    const { bucket, prefix } = this.#options;
    return { bucket, key: `${prefix}${key}` };
  }

  keyOf({ bucket, key }: Record<string, string>): string | undefined {
    const { bucket: own, prefix } = this.#options;
    return bucket === own && key?.startsWith(prefix) ? key.slice(prefix.length) : undefined;
  }

  #library(): Library {
    return loadPackage<Library>(S3_PACKAGE);
  }

  /** Region, credentials and another endpoint come from AWS's own variables and files. */
  #connected(): S3Client {
    this.#client ??= new (this.#library().S3Client)({
      maxAttempts: TRIES,
      forcePathStyle: this.#options.forcePathStyle,
    });
    return this.#client;
  }
}
