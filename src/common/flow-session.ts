/** SHARED: may run anywhere. The ids of flow sessions. */
import { isGuid } from './schema/guid';

/**
 * Ids per query. Dataverse documents 500 conditions and URLs of 32,768 characters; one id takes up to 45.
 */
export const SESSIONS_PER_QUERY = 300;

/** Compares session ids; Dataverse writes the same id in upper or lower case. */
export function isSameSession(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Undefined where there is none, or something else than a GUID. The id is written `flowsessionId` in the answer to a trigger and `flowsessionid` everywhere else. */
export function sessionId(row: Record<string, unknown>): string | undefined {
  const [, id] = Object.entries(row).find(([name]) => name.toLowerCase() === 'flowsessionid') ?? [];
  return typeof id === 'string' && isGuid(id) ? id.toLowerCase() : undefined;
}
