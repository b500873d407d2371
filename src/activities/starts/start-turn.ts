/**
 * HOST: asks for the turn of one start, of the activity that is about to make it. All activities of a process share what
 * is known of a connection, because Microsoft limits a connection, whoever uses it.
 */
import {
  ApplicationFailure,
  activityInfo,
  cancellationSignal,
  cancelled,
  getClient,
  log,
} from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { DATAVERSE_THROTTLED } from '../../common/failure-types';
import { messageOf } from '../../common/message-of';
import { METRICS } from '../../common/metrics';
import { RecentlyUsed } from '../../common/recently-used';
import { STARTS_PER_MINUTE } from '../../common/start-priority';
import { CONNECTION_THROTTLED, type DataverseClient, DataverseError } from '../../dataverse';
import { countPollers } from '../../temporal/pollers';
import { startsLimitOf } from '../../temporal/starts-limit';
import { count } from '../support/metrics';
import { connectionWaitMs, tellOfConnection } from '../support/notices';
import { colleaguesOf } from './colleagues';
import { MINUTE_MS } from './last-minute';
import { NotYet, type Turn, Turns } from './turns';
import { wantedStartsOf } from './wanted-starts';

export interface StartOfRobot {
  client: DataverseClient;
  connectionName: string;
  connectionType: 'connection' | 'connectionReference';
  /** Temporal's: a lower number goes first. */
  priority: number;
  /** When its run asked first, if this is not the first time. Epoch milliseconds. */
  askedAt: number | undefined;
}

/** By which the clocks of Dataverse and of this machine may differ. */
const CLOCKS_MS = 5_000;
const WHOLE_SECOND_MS = 1_000;

/** Besides those in use. */
const MOST_CONNECTIONS = 1000;

const connections = new RecentlyUsed<Turns>(MOST_CONNECTIONS, ({ isInUse }) => isInUse);

/** A turn of which other processes hear where Dataverse refuses it. */
export interface StartTurn extends Turn {
  /** The connection has had too many starts, and may have the next one after so long. */
  tellOthers(waitMs: number): void;
}

/**
 * Waits for a turn, for a second or two.
 * @param startsPerMinute of the connection, by all processes; 0 for no limit.
 * @throws ApplicationFailure that is to be tried again, where the turn comes later. Nothing has been sent then.
 */
export async function turnOf(start: StartOfRobot, startsPerMinute = STARTS_PER_MINUTE): Promise<StartTurn> {
  const { namespace, taskQueue } = activityInfo();
  const perMinute = startsLimitOf({ namespace, taskQueue }) ?? startsPerMinute;
  const organization = new URL(start.client.organization);
  const connection = [organization.host, start.connectionType, start.connectionName];
  const key = JSON.stringify(connection).toLowerCase();
  const turns = connections.get(key, () => new Turns());
  try {
    const turn = perMinute === 0 ? turns.takeAnyhow() : await takeTurn(turns, start, perMinute);
    // Now that nothing is left to wait for: others may have been refused meanwhile.
    const waitMs = await connectionWaitMs(organization, key);
    if (waitMs > 0) {
      turn.refuse(waitMs);
      throw new NotYet(waitMs);
    }
    return { ...turn, tellOthers: (forMs) => tellOfConnection(organization, key, forMs) };
  } catch (error) {
    if (cancellationSignal().aborted) await cancelled();
    if (!(error instanceof NotYet)) throw error;
    count(METRICS.startsPutOff);
    throw later(error, perMinute);
  }
}

async function takeTurn(turns: Turns, start: StartOfRobot, perMinute: number): Promise<Turn> {
  const { namespace, taskQueue, attempt, scheduledTimestampMs } = activityInfo();
  const { priority, askedAt } = start;
  const colleagues = colleaguesOf({ namespace, taskQueue });
  const { connection: temporal } = getClient();
  const surroundings = {
    perMinute,
    isNew: colleagues.isNew,
    othersSeenAt: colleagues.othersSeenAt,
    countProcesses: () => colleagues.count(() => countPollers(temporal, { namespace, taskQueue })),
    // Rows do not tell which reference was used.
    ...(start.connectionType === 'connection' && { findStarts: () => findStarts(start) }),
  };
  const asker = {
    priority,
    askedAt: askedAt ?? scheduledTimestampMs,
    isBack: askedAt !== undefined || attempt > 1,
  };
  const turn = turns.take(asker, surroundings, cancellationSignal());
  wantedStartsOf({ namespace, taskQueue }).tell(turns.spare({ perMinute, processes: colleagues.known }));
  return turn;
}

/** Ends the turn of a start that has failed. A refusal for another reason counts: Microsoft does not say that it does not. */
export function endFailedTurn(turn: StartTurn, error: unknown, wasSent: boolean): void {
  const refusal = error instanceof DataverseError && error.outcome === 'refused' ? error : undefined;
  if (refusal?.kind === 'throttled') {
    const { code, retryAfterMs = 0 } = refusal;
    turn.refuse(retryAfterMs);
    // Where the whole organization is closed, the client has told them.
    if (code === CONNECTION_THROTTLED) turn.tellOthers(retryAfterMs);
  } else if (!wasSent || (refusal && refusal.status === undefined)) turn.giveBack();
  else turn.end();
}

/** Also those of other programs, as far as Dataverse shows them. */
async function findStarts({ client, connectionName }: StartOfRobot): Promise<number[]> {
  const now = Date.now();
  try {
    const times = await client.findStartTimes(connectionName, new Date(now - MINUTE_MS - CLOCKS_MS));
    return times.map((time) => Math.min(now, time.getTime() + WHOLE_SECOND_MS + CLOCKS_MS));
  } catch (error) {
    log.warn('Dataverse does not tell which robots were started over a connection; its limit may be met', {
      why: messageOf(error),
    });
    return [];
  }
}

/** No fault, so that nothing is logged or counted as one. */
function later({ waitMs }: NotYet, perMinute: number): ApplicationFailure {
  const limit = perMinute === 0 ? '' : `this connection may have had its ${perMinute} starts a minute, or `;
  return ApplicationFailure.create({
    type: DATAVERSE_THROTTLED,
    category: ApplicationFailureCategory.BENIGN,
    nonRetryable: false,
    message: `Nothing was sent: ${limit}Dataverse has asked to wait. The start comes again in ${waitMs} ms`,
    details: [{ awaitsTurn: true, dataverse: { retryAfterMs: waitMs } }],
    nextRetryDelay: waitMs,
  });
}
