/**
 * HOST, development only: all that a desktop flow needs on one machine, until Ctrl-C: Temporal's server with its web UI,
 * the emulator, and the worker, which receives callbacks. The command `desktop-flow dev`.
 */
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Emulator, type FlowsFile, INVOICE_FLOWS, startEmulator } from '../emulator';
import { readFlows } from '../emulator/command-line';
import { type DevServer, startDevServer, streamReporter } from '../temporal-servers';
import { freePort } from '../temporal-servers/free-port';
import { type ServerProcess, spawnServer } from '../temporal-servers/server-process';
import { shareEnvironment } from './shared-environment';

const HELP = `Usage: desktop-flow dev [options]

Starts a Temporal server with its web UI, an emulator of Dataverse and the worker on this machine, until Ctrl-C. The other
commands of desktop-flow use them when they are called in the same folder, unless TEMPORAL_* or POWER_AUTOMATE_* is set:
dev writes their variables to .desktop-flow/dev.json, and removes the file at its end.

Options:
  --flows <file>    JSON file with flows and machines (default: three invoice flows)
  --db <file>       keep Temporal's state in this file (default: in memory)
  -h, --help        show this text
`;

const WORKER = path.join(__dirname, '..', '..', 'worker.js');

interface Parts {
  flows: FlowsFile;
  server: DevServer;
  emulator: Emulator;
  worker: ServerProcess;
  environment: Record<string, string>;
}

type Later = (close: () => Promise<void>) => void;

async function startParts(options: { flows?: string; db?: string }, closeLater: Later): Promise<Parts> {
  const flows = options.flows === undefined ? INVOICE_FLOWS : readFlows(options.flows);
  const emulator = await startEmulator({ flows });
  closeLater(() => emulator.close());
  const server = await startDevServer({
    own: true,
    reporter: streamReporter(process.stderr),
    ...(options.db !== undefined && { dbFilename: options.db }),
  });
  closeLater(() => server.stop());
  const environment = { TEMPORAL_ADDRESS: server.address, ...emulator.environment };
  const worker = await spawnServer(process.execPath, [WORKER], {
    ...withoutOurs(process.env),
    ...environment,
    ...(await callbacks()),
    LOG_LEVEL: 'warn',
  });
  closeLater(() => worker.stop());
  return { flows, server, emulator, worker, environment };
}

async function callbacks(): Promise<Record<string, string>> {
  const port = await freePort();
  return { CALLBACK_PORT: String(port), CALLBACK_BASE_URL: `http://127.0.0.1:${port}/callbacks` };
}

/** What was meant for the real ones. */
function withoutOurs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^(TEMPORAL|POWER_AUTOMATE|CALLBACK)_/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.test(name)));
}

function greeting({ flows: { flows }, server, emulator, environment }: Parts): string {
  const [flow] = flows;
  const inputs = Object.keys(flow?.inputs ?? {}).map((name) => ` --input ${name}=1`);
  return [
    `Temporal             ${server.address}, web UI ${server.uiUrl}`,
    `Dataverse emulator   ${emulator.url}, with ${flows.length} desktop flows`,
    'Worker               task queue power-automate, with callbacks',
    '',
    'In this folder:',
    '  npx desktop-flow flows',
    `  npx desktop-flow run --flow "${flow?.name}" --connection robots --mode unattended${inputs.join('')}`,
    '',
    'Elsewhere, first:',
    ...Object.entries(environment).map(([name, value]) => `  export ${name}=${value}`),
    '',
    'Ctrl-C ends everything.',
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { flows: { type: 'string' }, db: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const closers: (() => Promise<void>)[] = [];
  const asked = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const work = async () => {
    const parts = await startParts(values, (close) => closers.push(close));
    closers.push(await shareEnvironment(process.cwd(), parts.environment));
    process.stdout.write(greeting(parts));
    await parts.worker.ended;
  };
  try {
    await Promise.race([work(), asked]);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

main().then(
  // What was interrupted while it started need not get ready.
  () => process.exit(),
  (error: unknown) => {
    const { code, message } = error as { code?: string; message?: string };
    process.stderr.write(`desktop-flow dev: ${message ?? error}\n`);
    process.exit(code?.startsWith('ERR_PARSE_ARGS') ? 2 : 1);
  },
);
