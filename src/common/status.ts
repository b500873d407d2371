/**
 * SHARED: may run anywhere. The status codes of a desktop flow run.
 *
 * Values and names are Dataverse's global choice `flowsession_statuscode`; the numbers are on the wire.
 * Which of them end a run is our reading: Microsoft gives no meaning for the single values, and `statecode`
 * does not tell either (Succeeded and Failed are both "Active").
 */

const NAMES = [
  'NotSpecified',
  'Paused',
  'Running',
  'Waiting',
  'Succeeded',
  'Skipped',
  'Suspended',
  'Cancelled',
  'Failed',
  'Faulted',
  'TimedOut',
  'Aborted',
  'Ignored',
  'Deleted',
  'Terminated',
] as const;

/** Name of a status that Dataverse documents. */
export type FlowRunStatus = (typeof NAMES)[number];

/** Statuses of a run that has ended, but not well. Each has a failure type of its own. */
export const BAD_ENDS = [
  'Skipped',
  'Cancelled',
  'Failed',
  'Faulted',
  'TimedOut',
  'Aborted',
  'Ignored',
  'Deleted',
  'Terminated',
] as const satisfies readonly FlowRunStatus[];

export type BadEnd = (typeof BAD_ENDS)[number];

/** Every documented status by its code: index 0 is `NotSpecified`, index 14 is `Terminated`. */
export const FLOW_RUN_STATUSES: readonly FlowRunStatus[] = NAMES;

/** `'Unknown'` for a code outside 0 to 14: newer Dataverse versions may add some. */
export function statusName(statusCode: number): FlowRunStatus | 'Unknown' {
  return NAMES[statusCode] ?? 'Unknown';
}

/** The bad end that a code stands for, or undefined for success, for a run that goes on, and for unknown codes. */
export function badEnd(statusCode: number): BadEnd | undefined {
  const name = statusName(statusCode);
  return BAD_ENDS.find((end) => end === name);
}

export function isSuccess(statusCode: number): boolean {
  return statusName(statusCode) === 'Succeeded';
}

/** An unknown code counts as not finished: better to look once more than to end on a guess. */
export function isTerminal(statusCode: number): boolean {
  return isSuccess(statusCode) || badEnd(statusCode) !== undefined;
}
