/** HOST: large payloads in a folder, such as a share that all workers mount. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type ObjectStore, ObjectTooLarge } from './object-store';

/** How much is read at a time: one that is aborted stops after it. */
const READ_BYTES = 1024 * 1024;

export class Folder implements ObjectStore {
  readonly name = 'temporal-power-automate.folder';
  readonly type = 'temporal-power-automate.folder';
  readonly place: string;
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
    this.place = `the folder ${root}`;
  }

  /** Written beside its name, and given the name when it is safe on the disk: a reader sees all of it, or nothing. */
  async put(key: string, parts: Uint8Array[], signal: AbortSignal): Promise<void> {
    await this.#isThere();
    const file = this.#fileOf(key);
    await mkdir(path.dirname(file), { recursive: true });
    const draft = `${file}.${randomUUID()}.tmp`;
    try {
      const handle = await open(draft, 'wx');
      try {
        // Each goes on where the last one ended.
        for (const part of parts) await handle.writeFile(part, { signal });
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, file);
      await synced(path.dirname(file));
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  async get(key: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    await this.#isThere();
    const handle = await open(this.#fileOf(key)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (handle === undefined) return undefined;
    try {
      const { size } = await handle.stat();
      if (size > maxBytes) throw new ObjectTooLarge();
      return await readAll(handle, size, signal);
    } finally {
      await handle.close();
    }
  }

  claimOf(key: string): Record<string, string> {
    return { key };
  }

  keyOf({ key }: Record<string, string>): string | undefined {
    return key;
  }

  /** A share that is not mounted is trouble: its files are not gone, and none may be written below its mount point. */
  async #isThere(): Promise<void> {
    await stat(this.#root);
  }

  #fileOf(key: string): string {
    return path.join(this.#root, ...key.split('/'));
  }
}

/** In one place from the beginning: parts that are joined at the end are there twice. */
async function readAll(handle: FileHandle, size: number, signal: AbortSignal): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(size);
  let received = 0;
  while (received < size) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(bytes, received, Math.min(READ_BYTES, size - received));
    // What is missing is found by its hash.
    if (bytesRead === 0) break;
    received += bytesRead;
  }
  return bytes.subarray(0, received);
}

/** The name is on the disk too. Windows does not open folders, and needs no such thing. */
async function synced(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
