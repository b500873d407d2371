/** HOST, development only: reads the emulator's command line. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Emulator } from './emulator';
import { type Duration, durationSchema, toMs } from './setup/duration';
import type { FlowsFile } from './setup/flows-file';
import { CALLBACK_URLS, type EmulatorOptions } from './setup/options';

const COUNTS = ['startsPerMinute', 'requests', 'concurrentRequests', 'inputsBytes', 'valuesInIn'] as const;
const DURATIONS = ['executionTime', 'executionTimePerRequest', 'queueTime'] as const;

export const HELP = `A Dataverse environment with desktop flows, to develop and test against.

  desktop-flow emulator [options]

  --port <number>    port to listen on (default 4010; 0 takes a free one)
  --host <address>   address to listen on (default 127.0.0.1)
  --allow-remote     allow an address that other machines can reach, such as 0.0.0.0 inside a container: whoever
                     connects may do anything with the emulator
  --flows <file>     JSON file with flows and machines (default: three invoice flows)
  --limit <name=n>   a limit other than Microsoft's, as often as needed: a number for
                     ${COUNTS.join(', ')},
                     a duration such as 20m for ${DURATIONS.join(', ')}
  --callback-urls <what>
                     what becomes of the callback URL of a trigger: ${CALLBACK_URLS.join(', ')}
                     (default keep)
  --quiet            do not print a line for each request and run
  --help             print this text

The emulator accepts POWER_AUTOMATE_CLIENT_ID, POWER_AUTOMATE_CLIENT_SECRET and POWER_AUTOMATE_BEARER_TOKEN as
credentials where they are set; otherwise it makes random ones at every start.

GET /__emulator/state shows what the emulator saw; POST /__emulator/faults asks for a fault,
e.g. {"on": "trigger", "kind": "lostAnswer"}.
`;

/** Returns undefined where only the help is asked for. */
export function readCommandLine(args: string[], env: NodeJS.ProcessEnv): EmulatorOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '4010' },
      host: { type: 'string', default: '127.0.0.1' },
      'allow-remote': { type: 'boolean', default: false },
      flows: { type: 'string' },
      limit: { type: 'string', multiple: true, default: [] },
      'callback-urls': { type: 'string', default: 'keep' },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    host: values.host,
    allowRemote: values['allow-remote'],
    port: readPort(values.port),
    flows: values.flows === undefined ? undefined : readFlows(values.flows),
    limits: Object.fromEntries(values.limit.map(readLimit)),
    callbackUrls: readCallbackUrls(values['callback-urls']),
    clientId: env.POWER_AUTOMATE_CLIENT_ID || undefined,
    clientSecret: env.POWER_AUTOMATE_CLIENT_SECRET || undefined,
    bearerToken: env.POWER_AUTOMATE_BEARER_TOKEN || undefined,
    log: values.quiet ? undefined : (line) => process.stdout.write(`${line}\n`),
  };
}

export function greeting({ url, environment, bearerToken }: Emulator): string {
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${value}`);
  return `The emulator listens on ${url}. A worker finds it with:

${lines.join('\n')}

or, without the token endpoint:

export POWER_AUTOMATE_ORGANIZATION_URI=${url}
export POWER_AUTOMATE_BEARER_TOKEN=${bearerToken}

`;
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not '${text}'.`);
  }
  return port;
}

function readCallbackUrls(text: string): (typeof CALLBACK_URLS)[number] {
  const known = CALLBACK_URLS.find((one) => one === text);
  if (known === undefined) {
    throw new Error(`--callback-urls must be one of ${CALLBACK_URLS.join(', ')}, not '${text}'.`);
  }
  return known;
}

function readLimit(text: string): [string, number] {
  const [, name = '', limit = ''] = /^(\w+)=(\w+)$/.exec(text) ?? [];
  const isCount = COUNTS.some((count) => count === name) && /^\d+$/.test(limit);
  const isDuration =
    DURATIONS.some((duration) => duration === name) && durationSchema.safeParse(limit).success;
  if (!isCount && !isDuration) {
    throw new Error(`--limit must be <name>=<limit> as in --help, not '${text}'.`);
  }
  return [name, isCount ? Number(limit) : toMs(limit as Duration)];
}

/** Leaves the check of the content to the emulator, which names what is wrong. */
export function readFlows(file: string): FlowsFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`--flows: ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`--flows: ${file} is not JSON: ${(error as Error).message}`);
  }
}
