/**
 * HOST: how the activities of one worker process tell those of the others that Dataverse has asked to wait, and hear of it: by
 * notices on Temporal's server, all those of an organization in a namespace on one board. Outside of an activity nothing is
 * told or heard.
 */
import { activityInfo, getClient, log } from '@temporalio/activity';
import { type Client, isGrpcServiceError } from '@temporalio/client';
import { messageOf } from '../../common/message-of';
import { RecentlyUsed } from '../../common/recently-used';
import { digest, organizationKey, type SharedWaits } from '../../dataverse';
import { isUnimplemented } from '../../temporal/grpc-errors';
import { NoticeBoard } from '../../temporal/notice-board';
import { ALL } from '../../temporal/notices';

/** What a process knows of the others is so old at most before it asks Dataverse for anything. */
const KNOWN_FOR_MS = 200;

const DIGITS = 16;
const short = (value: unknown) => digest(value).slice(0, DIGITS);

/** Besides those in use. */
const MOST_BOARDS = 100;

/** By Temporal's connection, so that no server hears of another's. */
const boards = new WeakMap<object, RecentlyUsed<NoticeBoard>>();
const UNREAD = 'Temporal does not tell whether Dataverse has asked another worker to wait';
const UNTOLD = 'Temporal does not tell other workers that Dataverse has asked this one to wait';
const warned = new Set<string>();
/** That Temporal's server knows no pollers. */
let unknownToServer: unknown;

/** As the activities of one worker see it. */
interface Place {
  client: Client;
  board: NoticeBoard;
}

/** How the client of Dataverse shares waits for the whole organization. */
export const waitsByNotice: SharedWaits = {
  async toldToOthersMs(organization) {
    const place = await readAt(organization);
    return place?.board.waitMs(ALL) ?? 0;
  },
  tellOthers: (organization, waitMs) => tell(organization, ALL, waitMs),
};

/** How long a connection may start nothing, because Dataverse has told another process so, in milliseconds. */
export async function connectionWaitMs(organization: URL, connection: string): Promise<number> {
  const place = await readAt(organization);
  return place?.board.waitMs(short(connection)) ?? 0;
}

/** Dataverse has asked this process to start nothing over a connection for so long. */
export function tellOfConnection(organization: URL, connection: string, waitMs: number): void {
  tell(organization, short(connection), waitMs);
}

async function readAt(organization: URL): Promise<Place | undefined> {
  const place = placeOf(organization);
  if (place === undefined) return undefined;
  try {
    await place.board.read(place.client, KNOWN_FOR_MS);
  } catch (error) {
    // That it is unknown is of interest only where somebody has to wait; a worker that ends closes its connection.
    if (isUnimplemented(error)) unknownToServer = error;
    else if (isGrpcServiceError(error)) warnOnce(UNREAD, error);
  }
  return place;
}

function tell(organization: URL, about: string, waitMs: number): void {
  const place = placeOf(organization);
  if (place === undefined) return;
  if (unknownToServer !== undefined) warnOnce(UNREAD, unknownToServer);
  place.board.tell(place.client, about, waitMs).catch((error: unknown) => {
    // A worker that ends closes its connection.
    if (isGrpcServiceError(error)) warnOnce(UNTOLD, error);
  });
}

function placeOf(organization: URL): Place | undefined {
  const context = contextOf();
  if (context === undefined) return undefined;
  const { client, namespace, scheduledAt } = context;
  const ofServer =
    boards.get(client.connection) ?? new RecentlyUsed<NoticeBoard>(MOST_BOARDS, ({ isInUse }) => isInUse);
  boards.set(client.connection, ofServer);
  const name = `temporal-power-automate/waits/${short(organizationKey(organization))}`;
  const board = ofServer.get(JSON.stringify([namespace, name]), () => new NoticeBoard(namespace, name));
  if (scheduledAt !== undefined) board.clock.saw(scheduledAt);
  return { client, board };
}

interface Context {
  client: Client;
  namespace: string;
  /** By the server's clock; unset where the worker itself has scheduled it. */
  scheduledAt: number | undefined;
}

function contextOf(): Context | undefined {
  try {
    const { namespace, currentAttemptScheduledTimestampMs, isLocal } = activityInfo();
    const scheduledAt = isLocal ? undefined : currentAttemptScheduledTimestampMs;
    return { client: getClient(), namespace, scheduledAt };
  } catch {
    return undefined;
  }
}

function warnOnce(what: string, error: unknown): void {
  if (warned.has(what)) return;
  warned.add(what);
  log.warn(`${what}; where that is so, each learns of it by a 429 of its own`, { why: messageOf(error) });
}
