/**
 * Versity's S3 gateway, built once with Go as `tools/s3-gateway` pins it: S3's protocol, with its signatures and checksums, and
 * the objects as files in a folder.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { executableName } from '../../src/testing/temporal-servers/executables';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import { goProgram } from './go-program';
import { eventually } from './harness';

const PINS = path.join(__dirname, '..', '..', 'tools', 's3-gateway');
const PACKAGE = 'github.com/versity/versitygw/cmd/versitygw';

const BUCKET = 'payloads';
const REGION = 'eu-central-1';
const ACCESS_KEY = 'AKIATESTTESTTEST';
const SECRET_KEY = 'secret-of-the-test';

export interface S3Gateway {
  readonly bucket: string;
  /** Where the objects of the bucket are, by their keys. */
  readonly folder: string;
  /** AWS's variables for it. */
  readonly environment: Record<string, string>;
  /** Ends the process, with its objects kept. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function startS3Gateway(): Promise<S3Gateway> {
  const program = await gateway();
  const root = await mkdtemp(path.join(tmpdir(), 's3-gateway-'));
  const folder = path.join(root, BUCKET);
  await mkdir(folder);
  const port = await freePort();
  let child: ChildProcess | undefined;

  async function start() {
    const env = {
      PATH: process.env.PATH,
      ROOT_ACCESS_KEY_ID: ACCESS_KEY,
      ROOT_SECRET_ACCESS_KEY: SECRET_KEY,
    };
    // A temporary folder may be on a file system without extended attributes.
    const args = ['--port', `127.0.0.1:${port}`, '--region', REGION, '--quiet', 'posix', '--nometa', root];
    child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    await eventually(() => listens(port));
  }

  async function stop() {
    if (child === undefined) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    child = undefined;
    await gone;
  }

  await start();
  return {
    bucket: BUCKET,
    folder,
    environment: {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    },
    start,
    stop,
    async close() {
      await stop();
      await rm(root, { recursive: true });
    },
  };
}

function gateway(): Promise<string> {
  const pinned = readFileSync(path.join(PINS, 'go.mod'), 'utf8');
  const version = /github\.com\/versity\/versitygw v(\S+)/.exec(pinned)?.[1];
  const entry = `s3-gateway-${version}-${process.platform}-${process.arch}`;
  return goProgram({ entry, file: executableName('versitygw'), cwd: PINS, packages: [PACKAGE] });
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
