/**
 * HOST: whether a run shows search attributes. An activity decides and its result is in the history, so that a replay does
 * the same on every worker. It asks Temporal first: a workflow that sets an attribute which the namespace lacks stands still.
 */
import { activityInfo, getClient, log } from '@temporalio/activity';
import type { Client, OperatorService } from '@temporalio/client';
import type { TriggerFlowRunResult } from '../../common/activities';
import { messageOf } from '../../common/message-of';
import { RUN_ATTRIBUTE_NAMES } from '../../common/search-attributes';
import type { CreateActivitiesOptions } from './options';

export type Shown = Pick<TriggerFlowRunResult, 'searchAttributes'>;

/** Attributes that are missing may be registered at any time; those that are there stay. */
const ASKED_EVERY_MS = 60_000;

/** The robot is started, and its run has to know. */
const WITHIN_MS = 3_000;

interface Known {
  areThere: Promise<boolean>;
  at: number;
}

/** Never fails: without an answer nothing is shown. */
export function createShownBy({ searchAttributes = false }: CreateActivitiesOptions): () => Promise<Shown> {
  const known = new WeakMap<Client, Known>();
  return async () => {
    if (!searchAttributes) return {};
    const client = getClient();
    let latest = known.get(client);
    if (latest === undefined || (!(await latest.areThere) && Date.now() - latest.at > ASKED_EVERY_MS)) {
      latest = { areThere: ask(client, activityInfo().namespace), at: Date.now() };
      known.set(client, latest);
    }
    return (await latest.areThere) ? { searchAttributes: true } : {};
  };
}

async function ask(client: Client, namespace: string): Promise<boolean> {
  try {
    const { operatorService } = client.connection as { operatorService?: OperatorService };
    if (operatorService === undefined) throw new TypeError('the connection has no operator service');
    const { customAttributes } = await client.withDeadline(Date.now() + WITHIN_MS, () =>
      operatorService.listSearchAttributes({ namespace }),
    );
    const missing = RUN_ATTRIBUTE_NAMES.filter((name) => !(name in (customAttributes ?? {})));
    if (missing.length === 0) return true;
    log.warn('Runs show no search attributes: the namespace lacks some. Run desktop-flow search-attributes', {
      missing,
    });
  } catch (error) {
    log.warn('Runs show no search attributes: Temporal does not tell which the namespace has', {
      why: messageOf(error),
    });
  }
  return false;
}
