/** node dist/main.js run|cancel|schedule ID|activities SECONDS|standalone|own|nexus ENDPOINT INPUT */
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DEFAULT_TASK_QUEUE, DesktopFlows } from 'temporal-power-automate/client';
import { cancel } from './cancel.js';
import { run } from './run.js';
import { schedule } from './schedule.js';
import type { Flow, Service } from './service.js';
import { standalone } from './standalone.js';
import { activities, nexus, own } from './worker.js';

type Command = (service: Service, flow: Flow, argument: string) => Promise<number>;

const COMMANDS: Record<string, Command> = { run, cancel, schedule, activities, standalone, own, nexus };

const [name = '', ...words] = process.argv.slice(2);
const command = COMMANDS[name];
const [argument = '', input = argument] = words;
if (command === undefined || input === '') {
  console.error(`usage: node dist/main.js ${Object.keys(COMMANDS).join('|')} INPUT`);
  process.exit(2);
}
// TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and Temporal's other variables, or its configuration file.
const { namespace, connectionOptions } = loadClientConnectConfig();
const connection = await Connection.connect(connectionOptions);
const client = new Client({ connection, namespace });
const taskQueue = process.env.TEMPORAL_TASK_QUEUE ?? DEFAULT_TASK_QUEUE;
const flows = new DesktopFlows(client, { taskQueue });
process.exitCode = await command({ client, flows, taskQueue }, JSON.parse(input), argument);
await connection.close();
