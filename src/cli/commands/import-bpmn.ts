/** HOST: `desktop-flow import-bpmn`: calls of `RunDesktopFlow` from a BPMN file with Camunda's Power Automate connector. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { type BpmnImport, importBpmn } from '../../camunda/import-bpmn';
import { writeJson } from '../../camunda/json';
import { BpmnError } from '../../camunda/moddle';
import { writeReport } from '../../camunda/report';
import { writeTypeScript } from '../../camunda/typescript';
import { messageOf } from '../../common/message-of';
import { CommandError } from '../support/errors';
import { EXIT } from '../support/exit-codes';

const NOTES = `
It finds the tasks of the connector in all versions of its template, in templates that were made from it, and tasks by
hand that call the same addresses. The module or JSON goes to standard output, and to standard error goes what has no
counterpart and what somebody has to look at. It connects to nothing.

Exit codes: 0 written; 1 the file has no such task; 2 the command line or the file is wrong.`;

export function configure(command: Command): void {
  command
    .description("Writes one call of RunDesktopFlow for each robot of a BPMN file with Camunda's connector.")
    .argument('<process.bpmn>', 'the BPMN file')
    .addOption(
      new Option('--format <format>', 'a module for workflow code, or inputs')
        .choices(['typescript', 'json'])
        .default('typescript'),
    )
    .option('--out <file>', 'where to write the module or JSON (default: standard output)')
    .option('--report <file>', 'where to write the whole report, with what is mapped')
    .addHelpText('after', NOTES)
    .action(run);
}

interface Options {
  format: 'typescript' | 'json';
  out?: string;
  report?: string;
}

async function run(file: string, { format, out, report }: Options): Promise<void> {
  const imported = await read(file);
  const text = format === 'json' ? writeJson(imported) : writeTypeScript(imported, path.basename(file));
  process.stderr.write(writeReport(imported, false));
  if (report !== undefined) await write(report, writeReport(imported, true));
  if (imported.calls.length === 0) {
    throw new CommandError(`${file} has no task that calls desktop flows`, EXIT.endedBadly);
  }
  if (out === undefined) process.stdout.write(text);
  else await write(out, text);
}

async function read(file: string): Promise<BpmnImport> {
  try {
    return await importBpmn(await readFile(file, 'utf8'));
  } catch (error) {
    const message = error instanceof BpmnError ? `${file}: ${error.message}` : messageOf(error);
    throw new CommandError(message, EXIT.wrongInput);
  }
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new CommandError(messageOf(error), EXIT.wrongInput);
  }
}
