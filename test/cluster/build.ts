/** What the cluster needs and npm does not have: Temporal's server, its schema tool and the switch, built with Go. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { goProgram, pinnedEntry } from '../helpers/go-program';

const SERVER = 'go.temporal.io/server/cmd/server';
const SCHEMA_TOOL = 'go.temporal.io/server/cmd/tools/sql';
const SERVER_PINS = path.join(__dirname, 'temporal-server');
const SWITCH = path.join(__dirname, 'switch');

export interface Built {
  server: string;
  schemaTool: string;
  switchProgram: string;
}

/** From the cache, or built into it. The first time takes some minutes. */
export async function buildAll(): Promise<Built> {
  const ofServer = {
    entry: pinnedEntry('temporal-server', SERVER_PINS, 'go.temporal.io/server'),
    cwd: SERVER_PINS,
    packages: [SERVER, SCHEMA_TOOL],
  };
  const source = readFileSync(path.join(SWITCH, 'main.go'));
  const digest = createHash('sha256').update(source).digest('hex').slice(0, 12);
  const entry = `switch-${digest}-${process.platform}-${process.arch}`;
  return {
    server: await goProgram({ ...ofServer, file: 'server' }),
    schemaTool: await goProgram({ ...ofServer, file: 'sql' }),
    switchProgram: await goProgram({ entry, file: 'switch', cwd: SWITCH, packages: ['.'] }),
  };
}
