/** Every kind of place for large payloads, each with what a test needs to look behind it. */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type StorageSettings, storeAt } from '../../src/storage/external-storage';
import { startAzurite } from '../helpers/azurite';
import { startBucketServer } from '../helpers/bucket-server';
import { startS3Gateway } from '../helpers/s3-gateway';

export interface Place {
  settings: StorageSettings;
  /** The environment that a process needs beside. */
  environment: Record<string, string>;
  /** Keys of all that is there, without the prefix. */
  keys(): Promise<string[]>;
  read(key: string): Promise<Buffer>;
  overwrite(key: string, bytes: Buffer): Promise<void>;
  remove(key: string): Promise<void>;
  /** Makes it unreachable. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function folderPlace(): Promise<Place> {
  const parent = await mkdtemp(path.join(tmpdir(), 'payloads-'));
  const root = path.join(parent, 'share');
  await mkdir(root);
  return {
    settings: { kind: 'folder', root },
    environment: { EXTERNAL_STORAGE_URL: `file://${root}` },
    ...filesIn(root),
    // As a share that is not mounted.
    stop: () => rename(root, `${root}-away`),
    start: () => rename(`${root}-away`, root),
    close: () => rm(parent, { recursive: true }),
  };
}

/** Objects that are files, by their keys. */
function filesIn(folder: string): Pick<Place, 'keys' | 'read' | 'overwrite' | 'remove'> {
  const fileOf = (key: string) => path.join(folder, key);
  return {
    async keys() {
      const found = await readdir(folder, { recursive: true, withFileTypes: true });
      return found
        .filter((one) => one.isFile())
        .map((one) => path.relative(folder, path.join(one.parentPath, one.name)));
    },
    read: (key) => readFile(fileOf(key)),
    overwrite: (key, bytes) => writeFile(fileOf(key), bytes),
    remove: (key) => rm(fileOf(key)),
  };
}

export async function azuritePlace(): Promise<Place> {
  const azurite = await startAzurite();
  const { url, client } = await azurite.container();
  const { accountName, accountKey } = azurite;
  const prefix = 'robots/';
  const blob = (key: string) => client.getBlockBlobClient(`${prefix}${key}`);
  return {
    settings: {
      kind: 'azure',
      url,
      account: accountName,
      prefix,
      access: { accountName, accountKey },
    },
    environment: { EXTERNAL_STORAGE_URL: `${url}/robots`, EXTERNAL_STORAGE_ACCOUNT_KEY: accountKey },
    async keys() {
      const names: string[] = [];
      for await (const { name } of client.listBlobsFlat()) names.push(name);
      return names.map((name) => name.replace(prefix, ''));
    },
    read: (key) => blob(key).downloadToBuffer(),
    overwrite: async (key, bytes) => void (await blob(key).uploadData(bytes)),
    remove: async (key) => void (await blob(key).delete()),
    stop: () => azurite.stop(),
    start: () => azurite.start(),
    close: () => azurite.close(),
  };
}

/** Where AWS's library reads whom to ask, and as whom. @returns what takes it back. */
function setVariables(variables: Readonly<Record<string, string>>): () => void {
  Object.assign(process.env, variables);
  return () => {
    for (const name of Object.keys(variables)) delete process.env[name];
  };
}

export async function bucketPlace(): Promise<Place> {
  const server = await startBucketServer();
  const prefix = 'robots/';
  const takeBack = setVariables(server.environment);
  return {
    settings: { kind: 's3', bucket: server.bucket, prefix, forcePathStyle: true },
    environment: { EXTERNAL_STORAGE_URL: `s3://${server.bucket}/robots`, ...server.environment },
    keys: async () => [...server.objects.keys()].map((key) => key.replace(prefix, '')),
    read: async (key) => server.objects.get(`${prefix}${key}`) as Buffer,
    overwrite: async (key, bytes) => void server.objects.set(`${prefix}${key}`, bytes),
    remove: async (key) => void server.objects.delete(`${prefix}${key}`),
    async stop() {
      server.fault = { status: 503, code: 'SlowDown' };
    },
    async start() {
      server.fault = undefined;
    },
    async close() {
      takeBack();
      await server.close();
    },
  };
}

export async function gatewayPlace(): Promise<Place> {
  const gateway = await startS3Gateway();
  const prefix = 'robots/';
  const folder = path.join(gateway.folder, prefix);
  await mkdir(folder);
  const takeBack = setVariables(gateway.environment);
  return {
    settings: { kind: 's3', bucket: gateway.bucket, prefix, forcePathStyle: true },
    environment: { EXTERNAL_STORAGE_URL: `s3://${gateway.bucket}/robots`, ...gateway.environment },
    ...filesIn(folder),
    stop: gateway.stop,
    start: gateway.start,
    async close() {
      takeBack();
      await gateway.close();
    },
  };
}

export const storeOf = ({ settings }: Place) => storeAt(settings);
