/**
 * HOST: looks at single runs that fall into the same moment go as one query. Where that tells less than the single
 * request would, the single request is made.
 */
import DataLoader from 'dataloader';
import type { FlowSession } from './flow-session';
import { DataverseError, isRefusal } from './http/errors';
import { unlessAborted } from './http/unless-aborted';

/** How long a look waits for others to go with. */
const SAME_MOMENT_MS = 10;

export interface Looks {
  one(flowSessionId: string): Promise<FlowSession>;
  many(flowSessionIds: readonly string[]): Promise<FlowSession[]>;
  /** Of `many`. */
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

  /** One that gives up must not take the query from the others. */
  look(flowSessionId: string, signal?: AbortSignal): Promise<FlowSession> {
    return unlessAborted(this.#loader.load(flowSessionId), signal, givenUp);
  }
}

async function lookAt(ids: readonly string[], { one, many }: Looks): Promise<(FlowSession | Error)[]> {
  const alone = (id: string) => one(id).catch((error: Error) => error);
  const [first = ''] = ids;
  if (new Set(ids).size === 1) return alone(first).then((found) => ids.map(() => found));
  const found = await many(ids).catch((error: unknown) => {
    // Refused as a query: each may be answered, or be told by itself why not.
    if (isRefusal(error)) return [];
    throw error;
  });
  const sessions = new Map(found.map((session) => [session.flowSessionId, session]));
  return Promise.all(ids.map((id) => sessions.get(id) ?? alone(id)));
}

function givenUp(): DataverseError {
  return new DataverseError('The look was not waited for', { kind: 'aborted', outcome: 'refused' });
}
