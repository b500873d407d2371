/** HOST, development only: what a call sees of its request, and what several calls read from it. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Faults } from '../faults/fault-box';
import { type Answer, badQuery, doesNotExist, UnverifiedRefusal } from '../odata/answers';
import type { ReadOptions, ReadRequest } from '../odata/read';
import type { Flow } from '../setup/flows-file';
import type { World } from '../world/world';

/** One request, as the calls see it. */
export interface Call {
  readonly world: World;
  /** The emulator's address as the client wrote it, so that links work from another container too. */
  readonly origin: string;
  /** Where the request came in: of the token endpoint, which may have a port of its own for TLS. */
  readonly authority: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** What the path holds: the id, the column. */
  readonly params: readonly string[];
  readonly faults: Faults;
}

export type Handler = (call: Call) => Answer;

/** Reads the GUID in the path, in lower case; `table(guid)` and `table(key=guid)` are the same. */
export function idOf(call: Call, key: string): string {
  const written = call.params[0] ?? '';
  const id = written.startsWith(`${key}=`) ? written.slice(key.length + 1) : written;
  if (!/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id)) {
    throw new UnverifiedRefusal('malformedId', `The id '${id}' is not a GUID.`);
  }
  return id.toLowerCase();
}

export function readRequest({ origin, path, query, headers }: Call): ReadRequest {
  return { origin, path, query, prefer: preferOf(headers), ifNoneMatch: headers['if-none-match'] };
}

export function readOptions({ world }: Call): ReadOptions {
  const { valuesInIn } = world.settings.limits;
  // 500 conditions, 850 characters: Microsoft, webapi/query/filter-rows.
  return { limits: { conditions: 500, valuesInIn, valueLength: 850 } };
}

export function preferOf(headers: IncomingHttpHeaders): string | undefined {
  const prefer = headers.prefer;
  return Array.isArray(prefer) ? prefer.join(',') : prefer;
}

/** Drafts do not exist for a caller that does not ask for them (Microsoft: desktop-flow-public-apis). */
export function sees(call: Call, flow: Flow): boolean {
  return flow.published || call.headers['mscrm.includeunpublished'] === 'true';
}

export function flowOf(call: Call): Flow {
  const id = idOf(call, 'workflowid');
  const flow = call.world.flows.get(id);
  if (flow === undefined || !sees(call, flow)) throw doesNotExist('workflow', id);
  return flow;
}

export function noQueryOptions(call: Call): void {
  for (const name of call.query.keys()) {
    if (name.startsWith('$')) throw badQuery(`The query parameter ${name} is not supported`);
  }
}
