/**
 * The first process of the cluster's namespaces of network, mounts and processes, which end with it: whatever it has
 * started, mounted or connected is gone then, however it ends. `main.ts` starts it.
 */
import { Socket } from 'node:net';
import { Progress } from '../../bench/report/progress';
import type { Built } from './build';
import { startCluster } from './cluster';
import { FAULTS } from './faults';
import { type SoakOptions, soak } from './soak';
import { underFire } from './under-fire';

export interface Order {
  built: Built;
  /** The folder of PostgreSQL's programs. */
  postgres: string;
  folder: string;
  /** Names of faults and for how long, or a soak. */
  job: { kind: 'faults'; only: string[]; holdMs: number } | ({ kind: 'soak' } & SoakOptions);
}

/** Of a pipe that closes when `main.ts` ends. */
const LIFELINE = 3;

async function main(): Promise<boolean> {
  const { built, postgres, folder, job } = JSON.parse(process.argv[2] ?? '') as Order;
  const progress = new Progress();
  progress.begin('starting');
  const cluster = await startCluster(built, postgres, folder, (text) => progress.tell(text));
  progress.clear();
  if (job.kind === 'soak') return soak(cluster, job, progress);
  const faults = FAULTS.filter(
    ({ name }) => job.only.length === 0 || job.only.some((part) => name.includes(part)),
  );
  return underFire(cluster, { faults, holdMs: job.holdMs }, progress);
}

// The kernel does not deliver to a first process what it has no handler for.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
new Socket({ fd: LIFELINE }).on('close', () => process.exit(130)).resume();

main().then(
  (holds) => process.exit(holds ? 0 : 1),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
