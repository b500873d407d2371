/** What happens to the cluster, one after the other, while robots go on being started. */
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../bench/harness/wait';
import type { Cluster, ProgramName } from './cluster';
import { type Host, LINKS, SERVICES, WORKERS } from './hosts';
import type { Quality } from './network';

export interface Fault {
  /** Also what `--only` looks for. */
  name: string;
  /** How long it lasts. @default that of the command line */
  holdMs?: number;
  begin(cluster: Cluster): Promise<void>;
  heal(cluster: Cluster): Promise<void>;
}

const nothing = async () => undefined;

const CUT: Quality = { loss: 1 };
const LOSSY: Quality = { loss: 0.3 };
const SLOW: Quality = { delayMs: 2_000 };

/** Longer than the heartbeat time-out of a trigger and the settling window together. */
const LONG_CUT_MS = 90_000;
const SUSPENDED_MS = 180_000;
const SHORTLY_SUSPENDED_MS = 30_000;

const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';
const STOP_HOOK = path.join(__dirname, 'stop-before-post.js');

function linkFaults(): Fault[] {
  return LINKS.flatMap(([one, other]): Fault[] => {
    const heal = ({ network }: Cluster) => network.degradeBoth([one, other], {});
    const oneWay = (from: Host, to: Host): Fault => ({
      name: `cut ${from} → ${to}`,
      begin: ({ network }) => network.degrade(from, to, CUT),
      heal,
    });
    const both = (what: string, quality: Quality): Fault => ({
      name: `${what} ${one} ↔ ${other}`,
      begin: ({ network }) => network.degradeBoth([one, other], quality),
      heal,
    });
    return [
      both('cut', CUT),
      oneWay(one, other),
      oneWay(other, one),
      both('30 % loss', LOSSY),
      both('2 s delay', SLOW),
    ];
  });
}

/** From everything at once. */
function isolation(host: Host, others: readonly Host[]): Fault {
  const all =
    (quality: Quality) =>
    async ({ network }: Cluster) => {
      for (const other of others) await network.degradeBoth([host, other], quality);
    };
  return {
    name: `isolate ${host} for ${LONG_CUT_MS / 1000} s`,
    holdMs: LONG_CUT_MS,
    begin: all(CUT),
    heal: all({}),
  };
}

function killFaults(): Fault[] {
  const kill = (name: string, programs: readonly ProgramName[]): Fault => ({
    name: `kill ${name}`,
    async begin({ programs: all }) {
      for (const program of programs) all[program].signal('SIGKILL');
    },
    heal: nothing,
  });
  const services = Object.keys(SERVICES) as ProgramName[];
  const single: ProgramName[] = ['postgres', ...services, 'gateway', 'worker1'];
  return [
    ...single.map((name) => kill(name, [name])),
    kill('all workers', WORKERS),
    kill('all services', services),
    kill('everything but Dataverse', ['postgres', ...services, ...WORKERS]),
  ];
}

const POSTGRES_RESTART: Fault = {
  name: 'restart of postgres',
  // As `pg_ctl restart -m fast`, with a while in between.
  begin: ({ programs }) => programs.postgres.stop('SIGINT'),
  heal: async ({ programs }) => programs.postgres.start(),
};

function diskFault(host: Host): Fault {
  const filler = (cluster: Cluster) => path.join(cluster.diskOf(host), 'filler');
  return {
    name: `full disk of ${host}`,
    async begin(cluster) {
      const { bavail, bsize } = statfsSync(cluster.diskOf(host));
      const block = Buffer.alloc(1024 * 1024);
      try {
        for (let left = bavail * bsize; left >= 0; left -= block.length)
          writeFileSync(filler(cluster), block, { flag: 'a' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    heal: async (cluster) => rmSync(filler(cluster)),
  };
}

/** Of a program that is linked to the C library, which the services of Temporal are not. */
function clockFault(program: 'worker1' | 'emulator' | 'postgres', offset: '+4m' | '-4m'): Fault {
  const skewed = { LD_PRELOAD: FAKETIME, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  return {
    name: `clock of ${program} ${offset}`,
    async begin({ programs }) {
      if (!existsSync(FAKETIME)) throw new Error('libfaketime is missing: apt-get install libfaketime');
      await programs[program].stop('SIGTERM');
      programs[program].start(skewed);
    },
    async heal({ programs }) {
      await programs[program].stop('SIGTERM');
      programs[program].start();
    },
  };
}

function suspension(program: ProgramName, holdMs: number): Fault {
  return {
    name: `suspend ${program} for ${holdMs / 1000} s`,
    holdMs,
    begin: async ({ programs }) => programs[program].signal('SIGSTOP'),
    heal: async ({ programs }) => programs[program].signal('SIGCONT'),
  };
}

/** A worker that suspends itself at an exact step of a trigger. */
function suspensionAt(step: 'request' | 'write', what: string): Fault {
  return {
    name: `suspend worker1 for ${SUSPENDED_MS / 1000} s ${what}`,
    holdMs: SUSPENDED_MS,
    async begin(cluster) {
      const mark = cluster.file(`stopped-at-${step}`);
      const { worker1 } = cluster.programs;
      await worker1.stop('SIGTERM');
      worker1.start({ NODE_OPTIONS: `--require ${STOP_HOOK}`, STOP_AT: step, STOP_MARK: mark });
      await until(async () => existsSync(mark), { withinMs: 240_000, what: 'the worker suspends itself' });
    },
    heal: async ({ programs }) => programs.worker1.signal('SIGCONT'),
  };
}

export const FAULTS: readonly Fault[] = [
  ...linkFaults(),
  isolation('worker1', ['frontend', 'dataverse']),
  isolation('postgres', Object.keys(SERVICES) as Host[]),
  ...killFaults(),
  POSTGRES_RESTART,
  diskFault('postgres'),
  diskFault('worker1'),
  clockFault('worker1', '+4m'),
  clockFault('worker1', '-4m'),
  suspension('history', SHORTLY_SUSPENDED_MS),
  suspension('postgres', SHORTLY_SUSPENDED_MS),
  suspension('worker1', SUSPENDED_MS),
  suspensionAt('request', 'before the POST is checked'),
  suspensionAt('write', 'between the check and the POST'),
];
