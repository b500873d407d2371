/** HOST: the options by which a command line says what is run. None takes a secret: others see a command line. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { toMs } from '../../common/schema/fields';
import { ON_INTERRUPT } from './interrupts';

export interface RunOptions {
  flow?: string;
  connection?: string;
  reference?: boolean;
  mode?: string;
  /** Each `name=value`. */
  input?: string[];
  /** A file of JSON, or `-`. */
  inputs?: string;
  timeout?: number;
  queueTimeout?: number;
  deadline?: number;
  priority?: string;
  attempts?: number;
  workflowId?: string;
}

/** The options of every command that starts robots, without those that say which inputs. */
export function addTargetOptions(command: Command): Command {
  return command
    .option('--flow <id or name>', 'the desktop flow; a name must be that of one published flow alone')
    .option('--connection <name>', 'the desktop flow connection')
    .option('--reference', '--connection is the logical name of a connection reference')
    .addOption(
      new Option('--mode <mode>', 'whether somebody is signed in at the machine').choices([
        'attended',
        'unattended',
      ]),
    );
}

export function addLimitOptions(command: Command): Command {
  return command
    .option('--timeout <duration>', 'most time of a robot, 1s to 24h (default: 3h)', durationMs)
    .option('--queue-timeout <duration>', 'most time of a robot in the queue of its machine', durationMs)
    .option('--deadline <duration>', 'most time for the whole; then the robot is stopped', durationMs)
    .option('--priority <priority>', 'in the queue: normal, high (default: normal)')
    .option(
      '--attempts <number>',
      'most robots, where one that faults or times out is followed by a new one',
      count,
    );
}

export function addInputOptions(command: Command): Command {
  return command
    .option(
      '--input <name=value>',
      'an input of the flow, as often as needed; name=@file takes the text of a file, @@ stands for an @',
      (value: string, before: string[] = []) => [...before, value],
    )
    .option(
      '--inputs <file>',
      'inputs as a JSON object in a file, - for standard input; --input comes on top',
    );
}

export function addWorkflowIdOption(command: Command): Command {
  return command.option(
    '--workflow-id <id>',
    'made from what the run is about, such as invoice-4711 (default: a new one)',
  );
}

/** What becomes of the robot when Ctrl-C ends the wait for it. */
export function onInterruptOption(): Option {
  return new Option('--on-interrupt <what>', 'what Ctrl-C does').choices(ON_INTERRUPT).default('ask');
}

/** A number without a unit could be seconds or milliseconds: it is refused. */
function durationMs(text: string): number {
  const ms = /^\d+(\.\d+)?$/.test(text.trim()) ? undefined : toMs(text);
  if (ms === undefined) throw new InvalidArgumentError('It must be a duration such as 90s, 30m or 2h.');
  return ms;
}

function count(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
