/**
 * HOST: how many robots the watches of this process wait for, by status, for the metrics. A watch knows all its robots, and
 * sees each at every look, so the numbers of all processes may be added up.
 */
import { METRICS } from '../../common/metrics';
import { isTerminal, statusName } from '../../common/status';
import type { FlowSession } from '../../dataverse';
import { setGauge } from '../support/metrics';

const STATUSES = ['Waiting', 'Running', 'other', 'notSeenYet'] as const;

type Counts = Record<(typeof STATUSES)[number], number>;

/** By watch: one process may keep several, for different organizations. */
const censuses = new Map<Census, Counts>();

export class Census {
  readonly #statusCodes = new Map<string, number>();

  /** Takes what a look has seen. */
  see(sessions: readonly FlowSession[]): void {
    for (const { flowSessionId, statusCode } of sessions) this.#statusCodes.set(flowSessionId, statusCode);
  }

  /** Counts the robots that the watch has now. */
  count(robots: Iterable<{ flowSessionId: string }>): void {
    const counts: Counts = { Waiting: 0, Running: 0, other: 0, notSeenYet: 0 };
    const held = new Set<string>();
    for (const { flowSessionId } of robots) {
      held.add(flowSessionId);
      const status = statusOf(this.#statusCodes.get(flowSessionId));
      if (status !== undefined) counts[status] += 1;
    }
    for (const id of this.#statusCodes.keys()) if (!held.has(id)) this.#statusCodes.delete(id);
    censuses.set(this, counts);
    publish();
  }

  /** The watch is over: another process may keep the next one. */
  end(): void {
    censuses.delete(this);
    publish();
  }
}

function statusOf(code: number | undefined): keyof Counts | undefined {
  if (code === undefined) return 'notSeenYet';
  if (isTerminal(code)) return undefined;
  const name = statusName(code);
  return name === 'Waiting' || name === 'Running' ? name : 'other';
}

function publish(): void {
  const all = [...censuses.values()];
  for (const status of STATUSES) {
    setGauge(
      METRICS.robotsWatched,
      all.reduce((sum, counts) => sum + counts[status], 0),
      { status },
    );
  }
}
