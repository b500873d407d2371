/**
 * HOST: what a process writes where others see it, once Dataverse has asked it to wait: the identity of a poll. It names what
 * is closed by a digest, and how long it still is when the poll begins.
 */
import type { Poller } from './pollers';

/** What is closed: the whole organization, or one of its connections. */
export const ALL = 'all';

export interface Notice {
  /** Of one wait: it is told again with what then remains. Begins with what names its process, and a dot. */
  id: string;
  /** `all`, or a digest of 16 hexadecimal digits. */
  about: string;
  /** 0: over. */
  remainingMs: number;
}

/** The longest that `Retry-After` counts for. */
export const LONGEST_NOTICE_MS = 60 * 60_000;

const NOTICE = /^wait\/([\da-f]{8}\.\d{1,9})\/(all|[\da-f]{16})\/(\d{1,7})$/;

export function noticeText({ id, about, remainingMs }: Notice): string {
  return `wait/${id}/${about}/${Math.min(Math.max(0, Math.ceil(remainingMs)), LONGEST_NOTICE_MS)}`;
}

/** @returns undefined where it is none: anybody may poll with any identity. */
export function noticeIn(text: string): Notice | undefined {
  const [, id, about, remaining] = NOTICE.exec(text) ?? [];
  const remainingMs = Number(remaining);
  if (id === undefined || about === undefined || remainingMs > LONGEST_NOTICE_MS) return undefined;
  return { id, about, remainingMs };
}

/**
 * Until when what is closed, by the server's clock. The server stamps a poll when it begins and, in some versions, again when
 * it ends, so of what tells of one wait the earliest end is right. Of several waits the latest end counts.
 * @param isOwn the notices of this process, which knows better
 */
export function endsOfWaits(
  pollers: readonly Pick<Poller, 'identity' | 'lastPolledAt'>[],
  isOwn: (id: string) => boolean,
): Map<string, number> {
  const waits = new Map<string, { about: string; endsAt: number }>();
  for (const { identity, lastPolledAt } of pollers) {
    const notice = noticeIn(identity);
    if (notice === undefined || lastPolledAt === undefined || isOwn(notice.id)) continue;
    const { id, about, remainingMs } = notice;
    const key = `${id}/${about}`;
    const endsAt = lastPolledAt + remainingMs;
    waits.set(key, { about, endsAt: Math.min(endsAt, waits.get(key)?.endsAt ?? endsAt) });
  }
  const ends = new Map<string, number>();
  for (const { about, endsAt } of waits.values()) {
    ends.set(about, Math.max(endsAt, ends.get(about) ?? endsAt));
  }
  return ends;
}
