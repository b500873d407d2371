/** The options of `npm run cluster` and `npm run soak`. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Order } from './inside';

export interface Command {
  job: Order['job'];
  /** An empty folder in which the logs of all programs stay. @default none */
  logs?: string;
}

const HELP = `Runs desktop flows on a cluster under fire: Temporal's server as its four services on PostgreSQL, three workers and
an emulated Dataverse, each on a host of its own, all in namespaces of this machine. Needs Linux, root, Go,
PostgreSQL and libfaketime.

  npm run cluster -- [options]   fault after fault, and a table of what happened
    --only TEXT     faults whose names have this text; may be given several times
    --hold SECONDS  how long a fault lasts that does not say so itself (default 15)
  npm run soak -- [options]      a robot a second, and a kill now and then, for an hour
    --minutes N     how long (default 60)
    --kill-every S  seconds between two kills (default 120)
  --logs FOLDER     an empty folder in which the logs of all programs stay
`;

/** @returns the help where that is asked for. @throws for options that make no sense. */
export function readCommandLine(args: readonly string[]): Command | string {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      hold: { type: 'string', default: '15' },
      minutes: { type: 'string', default: '60' },
      'kill-every': { type: 'string', default: '120' },
      logs: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return HELP;
  const isSoak = positionals[0] === 'soak';
  const job: Order['job'] = isSoak
    ? { kind: 'soak', minutes: number(values, 'minutes'), killEveryMs: number(values, 'kill-every') * 1000 }
    : { kind: 'faults', only: values.only, holdMs: number(values, 'hold') * 1000 };
  if (values.logs === undefined) return { job };
  const logs = path.resolve(values.logs);
  mkdirSync(logs, { recursive: true });
  return { job, logs };
}

function number(values: Readonly<Record<string, unknown>>, name: string): number {
  const value = Number(values[name]);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} must be a number above 0`);
  return value;
}
