/** The emulator, and its front door: two processes on one host. */
import path from 'node:path';
import { addressOf } from './hosts';
import { Program } from './program';

const PORT = '4010';
/** RFC 6761 sets `.test` apart: nobody owns it. */
export const DATAVERSE_NAME = 'dataverse.test';
const URL = `https://${DATAVERSE_NAME}`;

/** Microsoft's limits are not what is tested here. */
const LIMITS = {
  startsPerMinute: 1_000_000,
  requests: 100_000_000,
  concurrentRequests: 10_000,
  executionTime: '1000h',
};

const CREDENTIALS = {
  POWER_AUTOMATE_CLIENT_ID: 'cluster',
  POWER_AUTOMATE_CLIENT_SECRET: 'a-secret-of-this-cluster',
};

export const ORGANIZATION = {
  ...CREDENTIALS,
  POWER_AUTOMATE_ORGANIZATION_URI: URL,
  POWER_AUTOMATE_TOKEN_ENDPOINT: `${URL}/emulator.onmicrosoft.com/oauth2/v2.0/token`,
};

export interface DataverseOptions {
  /** Folder of the built package. */
  dist: string;
  /** Files in PEM. */
  certificate: string;
  key: string;
  /** For logs. */
  folder: string;
}

export function startDataverse({ dist, certificate, key, folder }: DataverseOptions): {
  emulator: Program;
  gateway: Program;
} {
  const limits = Object.entries(LIMITS).flatMap(([name, limit]) => ['--limit', `${name}=${limit}`]);
  const main = path.join(dist, 'testing', 'emulator', 'main.js');
  const emulator = new Program('emulator', {
    host: 'dataverse',
    command: [process.execPath, main, '--quiet', '--port', PORT, ...limits],
    env: CREDENTIALS,
    log: path.join(folder, 'emulator.log'),
  });
  const gateway = new Program('gateway', {
    host: 'dataverse',
    command: [
      process.execPath,
      path.join(__dirname, 'gateway.js'),
      addressOf('dataverse'),
      certificate,
      key,
      PORT,
    ],
    log: path.join(folder, 'gateway.log'),
  });
  return { emulator, gateway };
}
