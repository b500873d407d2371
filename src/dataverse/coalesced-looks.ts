/**
 * HOST: sends looks at single runs that fall into the same moment as one query. Where its answer tells less than a
 * single request would, makes the single request.
 */
import DataLoader from 'dataloader';
import type { FlowSession } from './flow-session';
import { DataverseError, isRefusal } from './http/errors';
import { unlessAborted } from './http/unless-aborted';

/** How long a look waits for others to join it. */
const SAME_MOMENT_MS = 10;

export interface Looks {
  one(flowSessionId: string): Promise<FlowSession>;
  many(flowSessionIds: readonly string[]): Promise<FlowSession[]>;
  /** The most ids that `many` takes. */
  atMost: number;
}

export class CoalescedLooks {
  readonly #loader: DataLoader<string, FlowSession>;

  constructor(looks: Looks) {
    this.#loader = new DataLoader((ids) => lookAt(ids, looks), {
      cache: false,
      maxBatchSize: looks.atMost,
      batchScheduleFn: (send) => setTimeout(send, SAME_MOMENT_MS),
    });
  }

  /** A caller that gives up must not take the query from the others. */
  look(flowSessionId: string, signal?: AbortSignal): Promise<FlowSession> {
    return unlessAborted(this.#loader.load(flowSessionId), signal, givenUp);
  }
}

async function lookAt(ids: readonly string[], { one, many }: Looks): Promise<(FlowSession | Error)[]> {
  const alone = (id: string) => one(id).catch((error: Error) => error);
  const [first = ''] = ids;
  if (new Set(ids).size === 1) return alone(first).then((found) => ids.map(() => found));
  const found = await many(ids).catch((error: unknown) => {
    // The query was refused. Single requests may be answered, or tell why not.
    if (isRefusal(error)) return [];
    throw error;
  });
  const sessions = new Map(found.map((session) => [session.flowSessionId, session]));
  return Promise.all(ids.map((id) => sessions.get(id) ?? alone(id)));
}

function givenUp(): DataverseError {
  return new DataverseError('The caller did not wait for the look', { kind: 'aborted', outcome: 'refused' });
}
