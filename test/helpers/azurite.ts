/** Azurite, Microsoft's emulator of Azure Blob Storage: a process, with its blobs in a folder. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BlobServiceClient, type ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import type { Certificate } from './certificate';
import { type RestartableServer, startRestartable } from './restartable-server';

/** No secret: it exists in this process alone. */
const ACCOUNT = { accountName: 'robots', accountKey: Buffer.alloc(64, 'azurite').toString('base64') };

/** It keeps its blobs while it is stopped. */
export interface Azurite extends RestartableServer {
  readonly accountName: string;
  readonly accountKey: string;
  /** Of a new container. */
  container(): Promise<{ url: string; client: ContainerClient }>;
  close(): Promise<void>;
}

/** @param certificate has it speak TLS, and take tokens of Microsoft Entra ID: it reads their claims, and checks no signature. */
export async function startAzurite(certificate?: Certificate): Promise<Azurite> {
  const folder = await mkdtemp(path.join(tmpdir(), 'azurite-'));
  const port = await freePort();
  const root = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}/${ACCOUNT.accountName}`;
  const tls = certificate ? await tlsOptions(folder, certificate) : [];
  const credential = new StorageSharedKeyCredential(ACCOUNT.accountName, ACCOUNT.accountKey);
  const server = await startRestartable({
    path: process.execPath,
    args: [
      require.resolve('azurite/dist/src/blob/main.js'),
      ...['--blobPort', String(port), '--location', folder, '--silent', '--disableTelemetry'],
      // The library may be newer than the emulator.
      '--skipApiVersionCheck',
      ...tls,
    ],
    env: { PATH: process.env.PATH, AZURITE_ACCOUNTS: `${ACCOUNT.accountName}:${ACCOUNT.accountKey}` },
    port,
  });
  let containers = 0;
  return {
    ...ACCOUNT,
    ...server,
    async container() {
      containers += 1;
      const name = `payloads-${containers}`;
      const client = new BlobServiceClient(root, credential).getContainerClient(name);
      await client.create();
      return { url: `${root}/${name}`, client };
    },
    async close() {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function tlsOptions(folder: string, { cert, key }: Certificate): Promise<string[]> {
  const [certFile, keyFile] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  await Promise.all([writeFile(certFile, cert), writeFile(keyFile, key)]);
  return ['--cert', certFile, '--key', keyFile, '--oauth', 'basic'];
}
