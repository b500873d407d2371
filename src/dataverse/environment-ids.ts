/**
 * HOST: the environment ids of organizations, each asked for once in this process. They are only for links: where one
 * cannot be had, nobody waits for it, and it is asked for again after a while.
 */
import { RecentlyUsed } from '../common/recently-used';

const MOST_ORGANIZATIONS = 1000;

/** After a failure: the application user may lack a privilege for good. */
const AGAIN_AFTER_MS = 5 * 60_000;

interface Asked {
  /** Undefined where it cannot be had. */
  answer: Promise<string | undefined>;
  failedAt?: number;
}

const asked = new RecentlyUsed<{ latest?: Asked }>(MOST_ORGANIZATIONS);

/** @param organization its origin. */
export function environmentIdOf(
  organization: string,
  ask: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const known = asked.get(organization, () => ({}));
  const { latest } = known;
  const isFresh = latest && (latest.failedAt === undefined || Date.now() < latest.failedAt + AGAIN_AFTER_MS);
  if (isFresh) return latest.answer;
  const entry: Asked = { answer: ask().catch(() => undefined) };
  entry.answer = entry.answer.then((id) => {
    if (id === undefined) entry.failedAt = Date.now();
    return id;
  });
  known.latest = entry;
  return entry.answer;
}
