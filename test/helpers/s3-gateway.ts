/**
 * Versity's S3 gateway, built once with Go as `tools/s3-gateway` pins it: S3's protocol, with its signatures and checksums, and
 * the objects as files in a folder.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { executableName } from '../../src/testing/temporal-servers/executables';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import { goProgram, pinnedEntry } from './go-program';
import { type RestartableServer, startRestartable } from './restartable-server';

const PINS = path.join(__dirname, '..', '..', 'tools', 's3-gateway');
const MODULE = 'github.com/versity/versitygw';

const BUCKET = 'payloads';
const REGION = 'eu-central-1';
const ACCESS_KEY = 'AKIATESTTESTTEST';
const SECRET_KEY = 'secret-of-the-test';

/** It keeps its objects while it is stopped. */
export interface S3Gateway extends RestartableServer {
  readonly bucket: string;
  /** Where the objects of the bucket are, by their keys. */
  readonly folder: string;
  /** AWS's variables for it. */
  readonly environment: Record<string, string>;
  close(): Promise<void>;
}

export async function startS3Gateway(): Promise<S3Gateway> {
  const root = await mkdtemp(path.join(tmpdir(), 's3-gateway-'));
  const folder = path.join(root, BUCKET);
  await mkdir(folder);
  const port = await freePort();
  const server = await startRestartable({
    path: await gateway(),
    // A temporary folder may be on a file system without extended attributes.
    args: ['--port', `127.0.0.1:${port}`, '--region', REGION, '--quiet', 'posix', '--nometa', root],
    env: {
      PATH: process.env.PATH,
      ROOT_ACCESS_KEY_ID: ACCESS_KEY,
      ROOT_SECRET_ACCESS_KEY: SECRET_KEY,
    },
    port,
  });
  return {
    ...server,
    bucket: BUCKET,
    folder,
    environment: {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    },
    async close() {
      await server.stop();
      await rm(root, { recursive: true });
    },
  };
}

function gateway(): Promise<string> {
  const entry = pinnedEntry('s3-gateway', PINS, MODULE);
  return goProgram({
    entry,
    file: executableName('versitygw'),
    cwd: PINS,
    packages: [`${MODULE}/cmd/versitygw`],
  });
}
