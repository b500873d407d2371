/** HOST: the end of a run for people and for scripts: standard output has the outputs, or one JSON object. */
import { desktopFlowFailureType, INVALID_INPUT, TRIGGER_OUTCOME_UNKNOWN } from '../../common/failure-types';
import type { RunDesktopFlowFailureDetails } from '../../common/result';
import { isTerminal } from '../../common/status';
import { EXIT, type ExitCode } from '../support/exit-codes';
import { elapsed } from '../support/progress';
import type { Followed } from './follow';

export interface ReportOptions {
  workflowId: string;
  json?: boolean;
}

/** @returns the exit code. */
export function reportEnd(followed: Followed, options: ReportOptions): ExitCode {
  const print = (value: unknown) => options.json && printJson(value);
  switch (followed.kind) {
    case 'succeeded': {
      const { outputs, startedOn, completedOn, attempts } = followed.result;
      const tries = attempts.length > 1 ? `, in attempt ${attempts.length}` : '';
      console.error(`The robot succeeded${lasted(startedOn, completedOn)}${tries}.`);
      if (options.json) printJson(followed.result);
      else printOutputs(outputs);
      break;
    }
    case 'failed':
      print({ type: followed.type, message: followed.message, ...followed.details });
      console.error(`desktop-flow: ${followed.type}: ${followed.message}`);
      console.error(`The run is the workflow ${options.workflowId}.`);
      break;
    case 'cancelled':
      print({ type: 'Cancelled', message: 'The run was cancelled' });
      console.error(`The run ${options.workflowId} was cancelled.`);
      break;
    case 'terminated':
    case 'timedOut': {
      const type = followed.kind === 'terminated' ? 'Terminated' : 'TimedOut';
      print({ type, message: followed.message });
      console.error(
        `desktop-flow: the workflow ${options.workflowId} was ended from outside (${type}): its robot may still be working.`,
      );
      break;
    }
    case 'left':
      console.error(howToGoOn(followed.isStopping, options.workflowId));
      break;
  }
  return exitCodeOfEnd(followed);
}

function howToGoOn(isStopping: boolean, workflowId: string): string {
  const what = isStopping ? 'The robot is being stopped' : 'The robot goes on with its work';
  const lines = [
    `${what}, and nobody waits for it here any longer.`,
    `  desktop-flow watch ${workflowId}    to wait for its end`,
  ];
  return [...lines, ...(isStopping ? [] : [`  desktop-flow cancel ${workflowId}   to stop it`])].join('\n');
}

export function exitCodeOfEnd(end: Followed): ExitCode {
  switch (end.kind) {
    case 'succeeded':
      return EXIT.succeeded;
    case 'failed':
      return exitCodeOf(end.type, end.details);
    case 'cancelled':
      return EXIT.cancelled;
    default:
      return EXIT.outcomeUnknown;
  }
}

/** Nothing was started where no robot is known. */
export function exitCodeOf(
  type: string,
  { flowSessionId, statusCode, attempts, origin }: RunDesktopFlowFailureDetails,
): ExitCode {
  if (type === TRIGGER_OUTCOME_UNKNOWN) return EXIT.outcomeUnknown;
  if (type === desktopFlowFailureType('Cancelled')) return EXIT.cancelled;
  const isKnown = flowSessionId !== undefined || attempts.length > 0;
  if (isKnown) return flowSessionId && !isTerminal(statusCode ?? 0) ? EXIT.outcomeUnknown : EXIT.endedBadly;
  if (type === INVALID_INPUT) return EXIT.wrongInput;
  return origin === 'orchestrator' || type.startsWith('Dataverse') ? EXIT.outOfReach : EXIT.endedBadly;
}

function lasted(startedOn: string | null, completedOn: string | null): string {
  return startedOn && completedOn ? ` after ${elapsed(Date.parse(completedOn) - Date.parse(startedOn))}` : '';
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function printWorkflowId(workflowId: string, { json }: { json?: boolean }): void {
  if (json) printJson({ workflowId });
  else console.log(workflowId);
}

/** One line an output. */
export function printOutputs(outputs: Record<string, unknown> | null): void {
  if (outputs === null) console.error('It left no outputs.');
  for (const [name, value] of Object.entries(outputs ?? {})) {
    process.stdout.write(`${name} = ${typeof value === 'string' ? value : JSON.stringify(value)}\n`);
  }
}
