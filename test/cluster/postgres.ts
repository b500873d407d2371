/** PostgreSQL, from the packages of the system, with a data folder of its own and never the system's service. */
import { execFile } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { addressOf } from './hosts';
import { Program } from './program';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root. */
const AS_POSTGRES = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'];
const DEBIAN = '/usr/lib/postgresql';

const SETTINGS = `
listen_addresses = '${addressOf('postgres')}'
max_connections = 200
unix_socket_directories = ''
# Connections whose client was cut off hold locks until then.
tcp_keepalives_idle = 10
tcp_keepalives_interval = 5
tcp_keepalives_count = 3
tcp_user_timeout = 30000
`;

/** The folder of its programs, or an error that says what to install. */
export function findPostgres(): string {
  const versions = existsSync(DEBIAN)
    ? readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one))
    : [];
  const found = versions
    .map((version) => path.join(DEBIAN, version, 'bin'))
    .find((bin) => existsSync(path.join(bin, 'initdb')));
  if (found === undefined) throw new Error('PostgreSQL is missing: apt-get install postgresql');
  return found;
}

/** @param folder empty, and large enough. */
export async function startPostgres(bin: string, folder: string, log: string): Promise<Program> {
  const data = path.join(folder, 'data');
  mkdirSync(data);
  await run('chown', ['postgres:postgres', data]);
  chmodSync(data, 0o700);
  const [setpriv, ...as] = AS_POSTGRES as [string, ...string[]];
  await run(setpriv, [
    ...as,
    path.join(bin, 'initdb'),
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
  ]);
  appendFileSync(path.join(data, 'postgresql.conf'), SETTINGS);
  appendFileSync(path.join(data, 'pg_hba.conf'), 'host all all 198.18.0.0/24 trust\n');
  return new Program('postgres', {
    host: 'postgres',
    command: [...AS_POSTGRES, path.join(bin, 'postgres'), '-D', data],
    log,
  });
}
