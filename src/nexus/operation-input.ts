/** HOST: tells the input of an operation from that of its workflow, and refuses a wrong one before anything is started. */
import { ApplicationFailure } from '@temporalio/common';
import { HandlerError } from 'nexus-rpc';
import { INVALID_INPUT } from '../common/failure-types';
import { type FieldProblem, isPlainObject, type Parsed, refusedInput } from '../common/schema/parse';

export interface OperationInput {
  workflowId?: string;
  /** As the caller wrote it: the workflow fills in its defaults itself. */
  workflowInput: unknown;
}

/** What Temporal takes. */
const MAX_WORKFLOW_ID_LENGTH = 1000;

/** @throws HandlerError BAD_REQUEST, which is not retried and names every wrong field. */
export function checkedInput(input: unknown, check: (input: unknown) => Parsed<unknown>): OperationInput {
  const { workflowId, workflowInput } = apart(input);
  const parsed = check(workflowInput);
  const problems = [...problemsOfId(workflowId), ...(parsed.ok ? [] : parsed.problems)];
  if (problems.length > 0) throw badRequest(problems);
  return { workflowInput, ...(typeof workflowId === 'string' && { workflowId }) };
}

function apart(input: unknown): { workflowId?: unknown; workflowInput: unknown } {
  if (!isPlainObject(input)) return { workflowInput: input };
  const { workflowId, ...workflowInput } = input;
  return { workflowId, workflowInput };
}

function problemsOfId(id: unknown): FieldProblem[] {
  if (id === undefined || id === null) return [];
  if (typeof id === 'string' && id.trim() !== '' && id.length <= MAX_WORKFLOW_ID_LENGTH) return [];
  return [{ field: 'workflowId', problem: `must be a text of 1 to ${MAX_WORKFLOW_ID_LENGTH} characters` }];
}

function badRequest(problems: FieldProblem[]): HandlerError {
  const message = refusedInput(problems);
  const cause = ApplicationFailure.nonRetryable(message, INVALID_INPUT, { attempts: [], problems });
  return new HandlerError('BAD_REQUEST', message, { cause, retryableOverride: false });
}
