/** HOST: `desktop-flow codegen`: a typed TypeScript module for a desktop flow, and whether one still fits. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { changesBetween } from '../../codegen/changes';
import { fetchFlow, readFlowFile, readTextFile } from '../../codegen/flow-source';
import { type ModuleHeader, readHeader } from '../../codegen/header';
import { type FlowToGenerate, generateFlowModule } from '../../codegen/module';
import { isTypeName } from '../../codegen/names';
import { messageOf } from '../../common/message-of';
import { isGuid } from '../../common/schema/guid';
import { ConfigError } from '../../config/config';
import { DataverseError } from '../../dataverse';
import { canonical, fingerprintOf } from '../../schemas/fingerprint';
import { readFlowSchema } from '../../schemas/flow-schema';
import { openDataverse } from '../support/clients';
import { CommandError, UsageError } from '../support/errors';
import { EXIT } from '../support/exit-codes';

const NOTES = `
It reads the variables of the worker:

  POWER_AUTOMATE_ORGANIZATION_URI
  POWER_AUTOMATE_CLIENT_ID, POWER_AUTOMATE_CLIENT_SECRET, POWER_AUTOMATE_TOKEN_ENDPOINT
  POWER_AUTOMATE_BEARER_TOKEN   instead of those three

Exit codes: 0 fine; 1 the flow has changed (--check); 2 something that was given is wrong: an option, a variable, a file;
3 Dataverse cannot be asked.`;

export function configure(command: Command): void {
  command
    .description(
      'Writes a TypeScript module for a desktop flow: types of its inputs and outputs, and typed functions.',
    )
    .option('--flow <id or name>', 'the desktop flow; a name must be that of one published flow alone')
    .option(
      '--file <schemas.json>',
      'read {"flowId", "name", "inputs", "outputs"} from a file instead of Dataverse',
    )
    .option('--out <file>', 'where to write the module (default: standard output)')
    .option(
      '--name <TypeName>',
      'begins the names in it, such as EnterInvoice (default: made from the name of the flow)',
    )
    .option('--workflow', 'with a function for workflow code, which runs the flow as a child workflow')
    .option(
      '--check <file>',
      'compare a module with the flow as it is now, and name what has changed; write nothing',
    )
    .addHelpText('after', NOTES)
    .action(run);
}

interface Options {
  flow?: string;
  file?: string;
  out?: string;
  check?: string;
  name?: string;
  workflow?: boolean;
}

async function run(options: Options): Promise<void> {
  refuseWrong(options);
  try {
    process.exitCode = await (options.check === undefined
      ? generate(options)
      : check(options.check, options));
  } catch (error) {
    // Never 1: it says that a flow has changed.
    const isUnreached = error instanceof DataverseError && error.kind !== 'notFound';
    if (error instanceof ConfigError) throw error;
    throw new CommandError(messageOf(error), isUnreached ? EXIT.outOfReach : EXIT.wrongInput);
  }
}

function refuseWrong({ flow, file, out, check, name, workflow }: Options): void {
  for (const [option, value] of Object.entries({ flow, file, out, check, name })) {
    if (value?.trim() === '') throw new UsageError(`--${option} must not be empty`);
  }
  if (check === undefined && flow === undefined && file === undefined) {
    throw new UsageError('--flow, --file or --check is missing');
  }
  const withoutCheck = Object.entries({ out, name, workflow }).find(([, value]) => value !== undefined);
  if (check !== undefined && withoutCheck) {
    throw new UsageError(`--${withoutCheck[0]} does not go with --check, which writes nothing`);
  }
  if (name !== undefined && !isTypeName(name)) {
    throw new UsageError('--name must be a name of a type, such as EnterInvoice');
  }
  if (file !== undefined && flow !== undefined && !isGuid(flow)) {
    throw new UsageError('--flow must be an id beside --file');
  }
}

async function generate({ out, name, workflow, ...source }: Options): Promise<number> {
  const module = generateFlowModule(await readFlow(source), {
    ...(name !== undefined && { typeName: name }),
    ...(workflow !== undefined && { workflow }),
  });
  if (out === undefined) process.stdout.write(module);
  else await writeFile(out, module);
  return EXIT.succeeded;
}

async function check(module: string, { flow, file }: Options): Promise<number> {
  const known = readHeader(await readTextFile(module));
  if (known === undefined) throw new Error(`${module} is no module that desktop-flow codegen has written`);
  const live = await readFlow({ flow: flow ?? known.flowId, file });
  if (live.flowId.toLowerCase() !== known.flowId) {
    throw new Error(`${module} is of the flow ${known.flowId}, not of ${live.flowId}`);
  }
  const changes = changesSince(known, live);
  if (changes.length === 0) {
    console.log(`${module} fits the flow.`);
    return EXIT.succeeded;
  }
  console.error(`${module} does not fit the flow any longer: generate it again.`);
  for (const change of changes) console.error(`  ${change}`);
  return EXIT.endedBadly;
}

function changesSince({ fingerprint, schemas }: ModuleHeader, live: FlowToGenerate): string[] {
  const now = { inputs: readFlowSchema(live.inputs), outputs: readFlowSchema(live.outputs) };
  const changes = changesBetween(schemas, canonical(now));
  if (changes.length > 0 || fingerprint === fingerprintOf(now)) return changes;
  return ['another fingerprint: the module was edited, or written by another version'];
}

async function readFlow({ flow, file }: Pick<Options, 'flow' | 'file'>): Promise<FlowToGenerate> {
  if (file !== undefined) return readFlowFile(file, flow);
  return fetchFlow(openDataverse(), flow ?? '');
}
