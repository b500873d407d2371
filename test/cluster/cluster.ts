/** The whole cluster: network, database, server, Dataverse and workers, all as they would run for real. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { EmulatorAdmin } from '../../bench/harness/emulator-admin';
import { until } from '../../bench/harness/wait';
import { countPollers } from '../../src/temporal/pollers';
import { selfSigned } from '../helpers/certificate';
import type { Built } from './build';
import { DATAVERSE_NAME, ORGANIZATION, startDataverse } from './dataverse';
import { addressOf, type Host, type SERVICES, WORKERS } from './hosts';
import { makeNetwork, type Network } from './network';
import { startPostgres } from './postgres';
import { Program } from './program';
import { makeDatabases, startServices, TEMPORAL_ADDRESS } from './temporal';

const run = promisify(execFile);
const ROOT = path.join(__dirname, '..', '..');
const DIST = path.join(ROOT, 'dist');

export const TASK_QUEUE = 'power-automate';
const NAMESPACE = 'default';

/** Shorter than in production, so that a fault is over in a minute; their proportions are those of the defaults. */
export const SETTLING_WINDOW_MS = 20_000;
const REQUEST_TIMEOUT_MS = 20_000;

/** Enough for hours of runs, and soon full. */
const DATABASE_DISK = '3g';
const WORKER_DISK = '64m';

const UP_WITHIN_MS = 120_000;

/** In the order in which they are started. */
export type ProgramName =
  | 'postgres'
  | keyof typeof SERVICES
  | 'emulator'
  | 'gateway'
  | (typeof WORKERS)[number];

export interface Cluster {
  readonly network: Network;
  readonly client: Client;
  readonly dataverse: EmulatorAdmin;
  readonly programs: Readonly<Record<ProgramName, Program>>;
  /** Where a host's disk is mounted. */
  diskOf(host: Host): string;
  /** A file of the cluster that does not exist yet. */
  file(name: string): string;
  /** Until all workers ask for work. */
  untilPolled(): Promise<void>;
}

/** @param folder that of the cluster, empty: everything is below it, disks and logs. */
export async function startCluster(
  { server, schemaTool, switchProgram }: Built,
  postgresPrograms: string,
  folder: string,
  onProgress: (text: string) => void,
): Promise<Cluster> {
  const diskOf = (host: Host) => path.join(folder, `disk-${host}`);
  onProgress('the network');
  await mountAt('/run/netns', '1m');
  const network = await makeNetwork(switchProgram);
  const { certificate, key } = await name(folder);

  onProgress('PostgreSQL');
  await mountAt(diskOf('postgres'), DATABASE_DISK);
  const postgres = await startPostgres(
    postgresPrograms,
    diskOf('postgres'),
    path.join(folder, 'postgres.log'),
  );
  await until(() => succeeds(run('pg_isready', ['-h', addressOf('postgres')])), {
    withinMs: UP_WITHIN_MS,
    what: 'PostgreSQL takes connections',
  });
  await makeDatabases(schemaTool);

  onProgress("Temporal's four services");
  const services = startServices(server, folder);
  const connection = Connection.lazy({ address: TEMPORAL_ADDRESS });
  await until(() => hasNamespace(connection), {
    withinMs: UP_WITHIN_MS,
    what: 'the server has its namespace',
  });

  onProgress('Dataverse and the workers');
  const { emulator, gateway } = startDataverse({ dist: DIST, certificate, key, folder });
  const dataverse = new EmulatorAdmin(ORGANIZATION.POWER_AUTOMATE_ORGANIZATION_URI);
  await until(() => dataverse.isUp(), { withinMs: UP_WITHIN_MS, what: 'the emulator answers' });
  const workers: Program[] = [];
  for (const host of WORKERS) {
    await mountAt(diskOf(host), WORKER_DISK);
    workers.push(startWorker(host, certificate, diskOf(host)));
  }
  const all = [postgres, ...services, emulator, gateway, ...workers];
  const cluster: Cluster = {
    network,
    client: new Client({ connection, namespace: NAMESPACE }),
    dataverse,
    programs: Object.fromEntries(all.map((program) => [program.name, program])) as Cluster['programs'],
    diskOf,
    file: (file) => path.join(folder, file),
    async untilPolled() {
      const polled = async () =>
        (await countPollers(connection, { namespace: NAMESPACE, taskQueue: TASK_QUEUE })) >= WORKERS.length;
      await until(() => polled().catch(() => false), {
        withinMs: UP_WITHIN_MS,
        what: 'all workers ask for work',
      });
    },
  };
  await cluster.untilPolled();
  return cluster;
}

function startWorker(host: Host, certificate: string, disk: string): Program {
  return new Program(host, {
    host,
    command: [process.execPath, path.join(DIST, 'worker.js')],
    env: {
      ...ORGANIZATION,
      MALLOC_TRIM_THRESHOLD_: '131072',
      NODE_EXTRA_CA_CERTS: certificate,
      TEMPORAL_ADDRESS,
      TEMPORAL_TASK_QUEUE: TASK_QUEUE,
      POWER_AUTOMATE_SETTLING_WINDOW: `${SETTLING_WINDOW_MS}ms`,
      POWER_AUTOMATE_REQUEST_TIMEOUT: `${REQUEST_TIMEOUT_MS}ms`,
    },
    // On its disk, which may be full.
    log: path.join(disk, 'worker.log'),
  });
}

/** Gives Dataverse a name and a certificate, which only this cluster knows. */
async function name(folder: string): Promise<{ certificate: string; key: string }> {
  const hosts = path.join(folder, 'hosts');
  writeFileSync(hosts, `127.0.0.1 localhost\n${addressOf('dataverse')} ${DATAVERSE_NAME}\n`);
  await run('mount', ['--bind', hosts, '/etc/hosts']);
  return { certificate: path.join(folder, 'certificate.pem'), key: path.join(folder, 'key.pem') };
}

/** Before the cluster is started: Node reads what it trusts when it starts itself. */
export function writeCertificate(folder: string): string {
  const { cert, key } = selfSigned([DATAVERSE_NAME]);
  const file = path.join(folder, 'certificate.pem');
  writeFileSync(file, cert);
  writeFileSync(path.join(folder, 'key.pem'), key);
  return file;
}

async function mountAt(folder: string, size: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
}

async function hasNamespace(connection: Connection): Promise<boolean> {
  const workflowExecutionRetentionPeriod = { seconds: 24 * 60 * 60 };
  const asked = { namespace: NAMESPACE, workflowExecutionRetentionPeriod } as never;
  const describe = () => connection.workflowService.listWorkflowExecutions({ namespace: NAMESPACE });
  if (await succeeds(describe())) return true;
  await connection.workflowService.registerNamespace(asked).catch(() => undefined);
  return succeeds(describe());
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
