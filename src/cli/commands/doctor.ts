/** HOST: `desktop-flow doctor`: what is wrong with the set-up, and what to do about it. */
import type { Command } from 'commander';
import { toMs } from '../../common/schema/fields';
import { packageVersion } from '../../config/package-version';
import type { Kind } from '../../doctor/check';
import { CHECKS } from '../../doctor/checks';
import { type Examined, examine } from '../../doctor/examine';
import { Setup } from '../../doctor/setup';
import { findingsOf, linesOf, summaryOf } from '../../doctor/text';
import { takeDevEnvironment } from '../support/dev-environment';
import { UsageError } from '../support/errors';
import { EXIT, type ExitCode } from '../support/exit-codes';

interface Options {
  flow?: string;
  connection?: string;
  reference?: string;
  fix?: boolean;
  json?: boolean;
  timeout?: string;
}

const NOTES = `
It reads the variables of the worker (POWER_AUTOMATE_*, CALLBACK_*, TEMPORAL_*), and is best run beside it. It starts no
robot and changes nothing, unless --fix says so.
Exit codes: 0 all is well; 1 something was found; 2 a variable or the command line is wrong; 3 Temporal or Dataverse cannot be
reached. Where several are, the first of 2, 3, 1.`;

export function configure(command: Command): void {
  command
    .description('Looks for everything that goes wrong at set-up, and says what to do about each, and where.')
    .option('--flow <id or name>', 'looks at this desktop flow too')
    .option('--connection <name>', 'looks at the name of this connection too')
    .option('--reference <logical name>', 'looks at this connection reference too')
    .option(
      '--fix',
      'mends what can be mended without anything lost: creates the namespace on a server of this machine, takes away a limit of starts that an older worker has set',
    )
    .option('--timeout <duration>', 'waits so long for each answer, such as 30s (default: 5s)')
    .option('--json', 'writes one JSON object to the standard output, and nothing else')
    .addHelpText('after', NOTES)
    .action(run);
}

async function run({ json = false, fix = false, timeout = '5s', ...about }: Options): Promise<void> {
  const patienceMs = toMs(timeout);
  if (!patienceMs || patienceMs < 0) throw new UsageError('--timeout must be a duration such as 30s');
  for (const [option, value] of Object.entries(about)) {
    if (value.trim() === '') throw new UsageError(`--${option} must not be empty`);
  }
  takeDevEnvironment();
  const version = packageVersion() ?? 'unknown';
  const setup = new Setup({ environment: process.env, version, patienceMs, ...trimmed(about) });
  const since = performance.now();
  try {
    const examined = await examine(CHECKS, setup, { fix, ...(!json && { onResult: printer() }) });
    const ms = performance.now() - since;
    if (json) console.log(JSON.stringify(reportOf(examined, ms), undefined, 2));
    else console.log(`\n${summaryOf(examined, (ms / 1000).toFixed(1))}`);
    process.exitCode = exitCodeOf(examined);
  } finally {
    await setup.close();
  }
}

function trimmed(about: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(about).map(([option, value]) => [option, value.trim()]));
}

/** Prints each check when it is done, below the name of its group. */
function printer(): (examined: Examined) => void {
  const isColoured = process.stdout.isTTY === true && !process.env.NO_COLOR;
  let last: string | undefined;
  return (examined) => {
    if (examined.group !== last) console.log(`${last === undefined ? '' : '\n'}${examined.group}`);
    last = examined.group;
    for (const line of linesOf(examined, isColoured)) console.log(line);
  };
}

function reportOf(examined: readonly Examined[], ms: number): object {
  const findings = findingsOf(examined);
  return { isWell: findings.length === 0, durationMs: Math.round(ms), findings, checks: examined };
}

/** What has to be mended first decides. */
const BY_KIND: readonly (readonly [Kind, ExitCode])[] = [
  ['configuration', EXIT.wrongInput],
  ['reach', EXIT.outOfReach],
  ['setup', EXIT.endedBadly],
];

function exitCodeOf(examined: readonly Examined[]): ExitCode {
  const kinds = examined.filter(({ status }) => status === 'found').map(({ kind }) => kind);
  return BY_KIND.find(([kind]) => kinds.includes(kind))?.[1] ?? EXIT.succeeded;
}
