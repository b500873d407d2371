/**
 * HOST, development only: takes one request through the emulator: records it, lets faults and limits hit it, carries it
 * out, answers it.
 */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, preferOf } from '../calls/call';
import { checkSetup } from '../calls/setup-refusals';
import { checkToken } from '../calls/token';
import type { Outcome } from '../faults/faults';
import { isOfEntra } from '../faults/operations';
import { type Answer, errorAnswer, Refusal, toAnswer, UnverifiedRefusal } from '../odata/answers';
import { wantsErrorDetails } from '../odata/prefer';
import type { SeenRequest } from '../world/seen';
import type { World } from '../world/world';
import { faultAnswer } from './fault-answers';
import { dataverseHeaders, tokenHeaders } from './headers';
import { type Match, match } from './routes';

/** Longest URL of a GET (Microsoft: webapi/query/overview). */
const MAX_URL_LENGTH = 32_768;

export interface Incoming {
  readonly method: string;
  readonly url: string;
  readonly headers: Call['headers'];
  readonly body: Buffer;
  readonly response: ServerResponse;
  /** The port of the organization, where the request came to another one, with TLS. */
  readonly plainPort?: number;
}

export async function serve(world: World, incoming: Incoming, closing: AbortSignal): Promise<void> {
  const { method, url, headers, body, response } = incoming;
  const { pathname, searchParams } = parseUrl(url);
  const matched = match(method, pathname);
  const ids = idsOf(matched, pathname, searchParams);
  world.advance();
  const faults = world.faults.take({ on: matched.operation, ...ids, ...flowOfSession(world, ids.sessionId) });
  const seen = world.log.add({
    kind: matched.operation,
    method,
    url: isOfEntra(matched.operation) ? pathname : url,
    at: world.settings.now(),
    faults: faults.all.map(({ kind }) => kind),
    ...ids,
  });
  const { plainPort } = incoming;
  const authority = `${plainPort === undefined ? 'http' : 'https'}://${headers.host}`;
  const origin = plainPort === undefined ? authority : `http://${withPort(headers.host ?? '', plainPort)}`;
  const call: Call = {
    world,
    origin,
    authority,
    path: pathname,
    query: searchParams,
    headers,
    body,
    params: matched.params,
    faults,
  };
  const refused = enterLimits(world, matched, response);
  const { outcome } = faults;
  const delay = faults.find('delay');

  if (delay && !delay.executed) await sleep(delay.duration, undefined, { signal: closing });
  const answer = isExecuted(outcome) ? (refused ?? execute(call, matched, url.length)) : undefined;
  if (answer !== undefined) noteStarted(seen, answer);
  if (delay?.executed) await sleep(delay.duration, undefined, { signal: closing });
  conclude(response, outcome, answer, call, matched, seen);
}

function withPort(host: string, port: number): string {
  return `${host.replace(/:\d+$/, '')}:${port}`;
}

/** Counts the request until its connection closes, even when it never gets an answer. */
function enterLimits(world: World, { operation }: Match, response: ServerResponse): Answer | undefined {
  if (isOfEntra(operation)) return undefined;
  const { limits } = world;
  const since = performance.now();
  response.once('close', () => limits.leave(world.settings.now(), performance.now() - since));
  return limits.enter(world.settings.now());
}

function isExecuted(outcome: Outcome | undefined): boolean {
  return (
    outcome === undefined || outcome.kind === 'lostAnswer' || ('executed' in outcome && outcome.executed)
  );
}

function execute(call: Call, { operation, handler }: Match, urlLength: number): Answer {
  const { world } = call;
  try {
    world.advance();
    if (urlLength > MAX_URL_LENGTH) {
      throw new UnverifiedRefusal('urlTooLong', `The URL is longer than ${MAX_URL_LENGTH} characters.`);
    }
    if (call.path.startsWith('/api/')) {
      checkToken(call);
      checkSetup(call, operation);
    }
    return handler(call);
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof UnverifiedRefusal)) {
      world.settings.log(`internal error: ${error}`);
    }
    return toAnswer(error, world.settings.answers, wantsErrorDetails(preferOf(call.headers)));
  } finally {
    world.advance();
  }
}

function conclude(
  response: ServerResponse,
  outcome: Outcome | undefined,
  answer: Answer | undefined,
  call: Call,
  { operation }: Match,
  seen: SeenRequest,
): void {
  switch (outcome?.kind) {
    case 'hang':
      return;
    case 'lostRequest':
    case 'lostAnswer':
      response.socket?.destroy();
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
  }
  const given = outcome === undefined ? answer : faultAnswer(outcome, operation, call);
  const { status, headers, body } = given ?? errorAnswer(500, '0x80040216', 'An unexpected error occurred.');
  call.world.log.answer(seen, status, codeOf(body));
  call.world.settings.log(`${seen.method} ${operation} -> ${status}${seen.code ? ` ${seen.code}` : ''}`);
  const standard = isOfEntra(operation) ? tokenHeaders() : dataverseHeaders(call.world);
  send(response, { status, headers: { ...standard, ...headers }, body });
}

function send(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  if (Buffer.isBuffer(body)) {
    response.writeHead(status, headers);
    response.end(body);
    return;
  }
  const text = typeof body === 'object' ? JSON.stringify(body) : (body ?? '');
  const { 'Content-Type': contentType, ...rest } = headers;
  if (text === '') {
    response.writeHead(status, status === 204 || status === 304 ? rest : { ...rest, 'Content-Length': 0 });
    response.end();
    return;
  }
  response.writeHead(status, {
    ...rest,
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

function parseUrl(url: string): { pathname: string; searchParams: URLSearchParams } {
  const [path = '', ...query] = url.split('?');
  return { pathname: decode(path), searchParams: new URLSearchParams(query.join('?')) };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

interface Ids {
  flowId?: string;
  sessionId?: string;
}

function idsOf({ operation, params }: Match, path: string, query: URLSearchParams): Ids {
  if (operation === 'query') {
    const flow = /_regardingobjectid_value eq ([\da-f-]{36})/i.exec(query.get('$filter') ?? '');
    return flow?.[1] ? { flowId: flow[1].toLowerCase() } : {};
  }
  const id = params[0]?.replace(/^\w+=/, '').toLowerCase();
  if (id === undefined) return {};
  return path.includes('/flowsessions(')
    ? { sessionId: id }
    : path.includes('/workflows(')
      ? { flowId: id }
      : {};
}

/** Finds the flow of a run: a fault for a flow also hits the requests on its runs. */
function flowOfSession(world: World, sessionId: string | undefined): Ids {
  const run = sessionId === undefined ? undefined : world.runs.find(sessionId);
  return run === undefined ? {} : { flowId: run.flow.id };
}

/** Notes the id that a trigger gave, even where the client never reads it. */
function noteStarted(seen: SeenRequest, { body }: Answer): void {
  if (seen.kind === 'trigger' && body !== undefined && !Buffer.isBuffer(body)) {
    const { flowsessionId, flowsessionid } = body as { flowsessionId?: string; flowsessionid?: string };
    seen.sessionId = (flowsessionId ?? flowsessionid)?.toLowerCase();
  }
}

function codeOf(body: Answer['body']): string | undefined {
  const error = typeof body === 'object' && 'error' in body ? body.error : undefined;
  return typeof error === 'string' ? error : (error as { code?: string } | undefined)?.code;
}
