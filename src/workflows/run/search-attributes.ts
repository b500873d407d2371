/**
 * SANDBOX: what a run shows as search attributes: once when its robot is started, once when it has ended. Only where the
 * activity that started the robot has said so: that is in the history, and older histories do not have it.
 */
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { ParsedRunDesktopFlowInput } from '../../common/input';
import type { FlowRunAttempt } from '../../common/result';
import { MAX_KEYWORD_LENGTH, RUN_ATTRIBUTES } from '../../common/search-attributes';
import type { RunState } from './state';

const STARTED = 'Started';

/** A workflow of somebody else has search attributes of its own. */
export function wantsAttributes(run: RunState, said: true | undefined): boolean {
  return said === true && run.guest === undefined;
}

export function showStart(
  input: ParsedRunDesktopFlowInput,
  { showsAttributes, robot, attempts }: RunState,
): void {
  if (!showsAttributes || robot === undefined || 'flowSessionId' in input) return;
  const { flow, connection, session, status, errorCode, machine } = RUN_ATTRIBUTES;
  const isFirst = attempts.length === 0;
  upsertSearchAttributes([
    { key: flow, value: input.flowId },
    { key: connection, value: input.connectionName.slice(0, MAX_KEYWORD_LENGTH) },
    { key: session, value: robot.flowSessionId },
    { key: status, value: STARTED },
    // Those of the robot before.
    ...(isFirst
      ? []
      : [
          { key: errorCode, value: null },
          { key: machine, value: null },
        ]),
  ] as SearchAttributeUpdatePair[]);
}

export function showEnd({ showsAttributes }: RunState, attempt: FlowRunAttempt): void {
  if (!showsAttributes) return;
  const { session, status, errorCode, machine } = RUN_ATTRIBUTES;
  const code = attempt.errorSubCode ?? attempt.errorCode;
  upsertSearchAttributes([
    { key: session, value: attempt.flowSessionId },
    { key: status, value: attempt.status },
    ...(code ? [{ key: errorCode, value: code }] : []),
    ...(attempt.machine ? [{ key: machine, value: attempt.machine }] : []),
  ]);
}
