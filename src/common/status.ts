/**
 * SHARED: may run anywhere. The status codes of a flow session.
 *
 * Values and names are Dataverse's global choice `flowsession_statuscode`; the numbers are on the wire.
 * Which of them are final is our reading: Microsoft does not document the meaning of the individual values, and
 * `statecode` does not help either (Succeeded and Failed are both "Active").
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

/** The name of a status that Dataverse documents. */
export type FlowRunStatus = (typeof NAMES)[number];

/** The statuses of a robot that has ended badly. Each has its own failure type. */
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

/** Returns `'Unknown'` for a code outside 0 to 14: newer Dataverse versions may add some. */
export function statusName(statusCode: number): FlowRunStatus | 'Unknown' {
  return NAMES[statusCode] ?? 'Unknown';
}

/** Returns the bad end for a code; undefined for success, for a robot that has not ended, and for unknown codes. */
export function badEnd(statusCode: number): BadEnd | undefined {
  const name = statusName(statusCode);
  return BAD_ENDS.find((end) => end === name);
}

export function isSuccess(statusCode: number): boolean {
  return statusName(statusCode) === 'Succeeded';
}

/** Treats an unknown code as not finished: better to look once more than to end on a guess. */
export function isTerminal(statusCode: number): boolean {
  return isSuccess(statusCode) || badEnd(statusCode) !== undefined;
}
