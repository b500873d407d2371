/** HOST: one trigger, as every step of its protocol knows it. Every attempt makes it the same. */
import { activityInfo } from '@temporalio/activity';
import type { SigningKeys } from '../../callback/token';
import { callbackUrl, inertUrl } from '../../callback/url';
import type { ParsedTriggerFlowRunInput } from '../../common/input';
import { literalParts } from '../../common/schema/secret-references';
import { isInert } from '../../common/schema/urls';
import type { SecretProvider } from '../../config/secrets';
import type { DataverseClient } from '../../dataverse';
import type { ClientFor } from '../support/dataverse-clients';
import type { CreateActivitiesOptions } from '../support/options';
import type { Shown } from '../support/search-attributes';
import type { CallbackBase } from './callback-base';
import { identify } from './identity';
import { robotKey } from './key';

export interface Trigger {
  client: DataverseClient;
  /** With references in it, as the caller wrote it: `request.ts` resolves them. */
  input: ParsedTriggerFlowRunInput;
  secrets: SecretProvider;
  /** The callback URL that the worker has made for the robot, if any. */
  url?: string;
  /** The key by which the robot is found again: part of `url`. Unset if the worker could not put one there. */
  key?: string;
  /** Keys that its robot has where a worker of an older version has started it. */
  olderKeys: readonly string[];
  /** Names the run: a workflow may have several. */
  run: string;
  /** The attempt of the run; unset where the calling workflow does not count them. */
  attempt?: number;
  /** An earlier execution of the run, which was reset, may have carried it out. */
  isRepeated: boolean;
  /** Its history is gone: its robot may be of any age, and its row too may have been deleted. */
  isForgotten?: boolean;
  /** When its run asked for the robot first, epoch milliseconds; unset where it has not asked before. */
  askedAt?: number;
  /** Whether the caller's callback URL names the caller's workflow, so that no other workflow can have it. */
  isOwnUrl: boolean;
  /** Id of the activity `triggerFlowRun`. */
  activityId: string;
  /** When its first try was scheduled, by Temporal's clock: epoch milliseconds. */
  scheduledAt: number;
}

/** The activity `triggerFlowRun` of the calling workflow that should start the robot, or should have. */
export type TriggerActivity = Pick<Trigger, 'activityId' | 'scheduledAt'>;

/** Shared by the activities of a worker. */
export interface TriggerOptions extends CreateActivitiesOptions {
  callbackBase: CallbackBase;
  /** Those that sign callback URLs. */
  keys: () => Promise<SigningKeys>;
  /** Whether its run shows search attributes. */
  shown: () => Promise<Shown>;
}

/** The same trigger, where Dataverse refuses the URL that carries its key. */
export function withoutKey({ url: _refused, key: _none, ...trigger }: Trigger): Trigger {
  return trigger;
}

/** Shorter ids may appear in any URL by chance. */
const SHORTEST_ID = 8;

/**
 * Prepares a trigger: its client, and its callback URL with the key.
 * @param identity the second argument of the activity.
 * @throws ApplicationFailure `InvalidInput`
 */
export async function prepareTrigger(
  clientFor: ClientFor,
  options: TriggerOptions,
  input: ParsedTriggerFlowRunInput,
  { activityId, scheduledAt }: TriggerActivity,
  identity: unknown,
): Promise<Trigger> {
  const client = await clientFor(input);
  const { keySource, ...robot } = await identify(identity, activityId);
  const { workflowExecution, namespace } = activityInfo();
  const { runId = '', workflowId = '' } = workflowExecution ?? {};
  const { callbackUrl: ownUrl } = input;
  const { callbackBase, secrets, keys } = options;
  const common = {
    client,
    input,
    secrets,
    activityId,
    scheduledAt,
    run: keySource.run,
    ...robot,
  };
  if (ownUrl !== undefined) {
    // The caller's own URL is passed on as it is, so it cannot carry a key.
    const ids = [keySource.run, runId, workflowId];
    return { ...common, isOwnUrl: literalParts(ownUrl).some((part) => ids.some((id) => names(part, id))) };
  }
  const baseUrl = callbackBase.of(client.organization);
  if (baseUrl === undefined) return { ...common, isOwnUrl: false };
  const key = robotKey(keySource);
  if (isInert(baseUrl)) return { ...common, url: inertUrl(key, baseUrl), key, isOwnUrl: false };
  const token = { namespace, key, ...(workflowId && { workflowId }) };
  const url = await callbackUrl(token, { baseUrl, keys });
  return { ...common, url, key, isOwnUrl: false };
}

function names(url: string, id: string): boolean {
  return id.length >= SHORTEST_ID && (url.includes(id) || url.includes(encodeURIComponent(id)));
}
