/** HOST: what it takes to look for the robot of a trigger, and what is made of it when it is found. */
import { activityInfo, log } from '@temporalio/activity';
import { callbackUrl, runKey } from '../../callback/url';
import type { TriggerFlowRunResult } from '../../common/activities';
import type { ParsedTriggerFlowRunInput } from '../../common/input';
import type { DataverseClient } from '../../dataverse';
import type { ClientFor } from '../support/dataverse-clients';
import { outcomeUnknown } from '../support/dataverse-failures';
import type { CreateActivitiesOptions } from '../support/options';
import type { Found, LostTrigger } from './candidates';
import type { Doubt } from './doubt';
import { stopDuplicates } from './duplicates';
import { settle } from './recovery';
import { otherRuns } from './robots-of-other-runs';

/** With the callback URL that travels with the trigger, if any. */
export type Prepared = LostTrigger & { url: string | undefined };

/** The activity `triggerFlowRun` of the calling workflow that is, or was, to start the robot. */
export interface TriggerTime {
  activityId: string;
  /** Epoch milliseconds. */
  scheduledAt: number;
}

/**
 * How long after a doubt a robot may still appear. Nothing is documented: a request that reached Dataverse is carried
 * out within seconds as a rule, so a minute is ample; Dataverse itself gives up an operation after two.
 */
const SETTLING_WINDOW_MS = 60_000;

export function settlingWindowMs(options: CreateActivitiesOptions): number {
  return options.settlingWindowMs ?? SETTLING_WINDOW_MS;
}

export async function prepare(
  clientFor: ClientFor,
  { callbackBaseUrl: baseUrl, secrets, credentials }: CreateActivitiesOptions,
  input: ParsedTriggerFlowRunInput,
  { activityId, scheduledAt }: TriggerTime,
): Promise<Prepared> {
  const client = await clientFor(input);
  const { workflowExecution, namespace } = activityInfo();
  const { runId = '', workflowId = '' } = workflowExecution ?? {};
  const own = input.callbackUrl;
  // The caller's own URL is passed on untouched.
  const key =
    baseUrl === undefined || own !== undefined ? undefined : runKey({ namespace, runId, activityId });
  const url =
    key === undefined || baseUrl === undefined
      ? own
      : await callbackUrl(
          { namespace, key, ...(workflowId && { workflowId }) },
          { baseUrl, secrets, credentials },
        );
  const isOwnUrl = own !== undefined && [runId, workflowId].some((id) => names(own, id));
  return { client, input, scheduledAt, activityId, otherRuns, isOwnUrl, url, ...(key && { key }) };
}

/** A short id may stand in any URL. */
function names(url: string, id: string): boolean {
  return id.length >= SHORTEST_ID && (url.includes(id) || url.includes(encodeURIComponent(id)));
}

const SHORTEST_ID = 8;

export async function adopted(
  client: DataverseClient,
  { run, duplicates }: Found,
): Promise<TriggerFlowRunResult> {
  const { flowSessionId } = run;
  log.info('The robot of a trigger whose answer was lost is found', { flowSessionId });
  if (duplicates.length === 0) return { flowSessionId };
  return { flowSessionId, duplicates: await stopDuplicates(client, flowSessionId, duplicates) };
}

/** The robot of a trigger in doubt, or undefined where none was started: then a new one may be. */
export async function resolve(
  lost: Prepared,
  doubt: Doubt,
  why: string,
  error?: unknown,
): Promise<TriggerFlowRunResult | undefined> {
  const verdict = await settle(lost, doubt);
  if (verdict.kind === 'found') return adopted(lost.client, verdict);
  if (verdict.kind === 'nothing') return undefined;
  if (lost.input.onUnknownOutcome !== 'startAgain') {
    throw outcomeUnknown(why, `${verdict.why}.${lost.key === undefined ? NO_KEY : ''}`, error);
  }
  log.warn('It cannot be told whether a robot was started; one may be started, as the caller wants it', {
    why: verdict.why,
  });
  return undefined;
}

const NO_KEY = ' With CALLBACK_BASE_URL set, and no callbackUrl in the input, the worker could tell.';
