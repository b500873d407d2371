/** HOST: reading what Dataverse answers: headers, bodies, and errors that need not be JSON. */
import { isPlainObject } from '../../common/schema/parse';
import { scrubber } from '../../common/scrub';
import { DataverseError, type DataverseErrorKind } from './errors';
import type { HttpAnswer, ShownAnswer } from './exchange';

const MAX_MESSAGE_LENGTH = 2000;
const MAX_CODE_LENGTH = 200;

/** A GUID, as far as it has been seen. */
const REQUEST_ID = /^[\da-f-]{1,40}$/i;

/** No service has asked for more; a wrong header must not stop everything for a year. */
const LONGEST_WAIT_MS = 60 * 60_000;

/** Without `Retry-After`. Microsoft's own sample starts lower, but doubles. */
const DEFAULT_THROTTLED_MS = 10_000;

/** Numbers in headers may have thousands separators: `1,200.00` (Microsoft's captured Web API exchange). */
export function headerNumber(answer: Pick<HttpAnswer, 'headers'>, name: string): number | undefined {
  const text = answer.headers[name];
  if (text === undefined || !/^\d[\d,]*(\.\d+)?$/.test(text)) return undefined;
  return Number(text.replaceAll(',', ''));
}

/** `x-ms-service-request-id` comes twice; the second one is `REQ_ID`, under which support finds the request. */
export function requestId({ headers }: HttpAnswer): string | undefined {
  const id = headers.req_id ?? headers['x-ms-service-request-id']?.split(',').at(-1)?.trim();
  return id !== undefined && REQUEST_ID.test(id) ? id : undefined;
}

/** `Retry-After` is a number of seconds or a date. Returns milliseconds, or undefined without a usable value. */
export function retryAfterMs(answer: Pick<HttpAnswer, 'headers'>, now = Date.now()): number | undefined {
  const seconds = headerNumber(answer, 'retry-after');
  if (seconds !== undefined) return Math.min(Math.ceil(seconds * 1000), LONGEST_WAIT_MS);
  const date = answer.headers['retry-after'] ?? '';
  // JavaScript finds a date in almost any text with a number in it; those of HTTP end so.
  const at = date.endsWith('GMT') ? Date.parse(date) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - now), LONGEST_WAIT_MS);
}

/** "Too many flows use the connection at once" (desktop flow error codes): other connections may go on. */
export const CONNECTION_THROTTLED = 'DesktopFlowsActionThrottled';

/** Returns how long no request may be sent to this organization, when an answer says so. */
export function holdBackMs(answer: HttpAnswer): number | undefined {
  if (answer.status === 429 && odataError(tryJson(answer))?.code === CONNECTION_THROTTLED) return undefined;
  return askedToWaitMs(answer);
}

function askedToWaitMs(answer: HttpAnswer): number | undefined {
  if (answer.status === 429) return retryAfterMs(answer) ?? DEFAULT_THROTTLED_MS;
  return answer.status === 503 ? retryAfterMs(answer) : undefined;
}

export function text(answer: HttpAnswer): string {
  // The decoder strips a byte order mark.
  return new TextDecoder().decode(answer.body);
}

/** @throws DataverseError `unreadable` when the body is not a JSON object. */
export function jsonObject(answer: HttpAnswer): Record<string, unknown> {
  const parsed = tryJson(answer);
  if (parsed !== undefined) return parsed;
  throw unreadable(answer, `${answer.body.length} bytes that are not a JSON object`);
}

export function unreadable(answer: HttpAnswer, what: string): DataverseError {
  return new DataverseError(`Dataverse answered ${answer.status} with ${what}`, {
    kind: 'unreadable',
    outcome: 'unknown',
    status: answer.status,
    requestId: requestId(answer),
  });
}

function tryJson(answer: HttpAnswer): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text(answer));
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Sets a session: of its own kind a secret. */
const COOKIES = 'set-cookie';

/** The answer without secrets: a caller may put anything of it into a history. */
export function shownAnswer(answer: HttpAnswer, secrets: readonly string[]): ShownAnswer {
  const clean = scrubber(secrets);
  const headers = Object.entries(answer.headers).filter(([name]) => name !== COOKIES);
  return {
    status: answer.status,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, clean(value)])),
    body: cleanJson(answer, clean),
  };
}

function cleanJson(answer: HttpAnswer, clean: Clean): unknown {
  try {
    return JSON.parse(text(answer), (_key, value) => (typeof value === 'string' ? clean(value) : value));
  } catch {
    return null;
  }
}

/** Makes the error of an answer other than 2xx. Its body may be anything, even HTML or empty. */
export function toError(answer: HttpAnswer, secrets: readonly string[]): DataverseError {
  const { status } = answer;
  const { code, message: dataverseMessage } = errorBody(answer, secrets);
  const kind = kindOf(status);
  const id = requestId(answer);
  const said = dataverseMessage ?? unexplained(status);
  const after = askedToWaitMs(answer) ?? retryAfterMs(answer);
  return new DataverseError(`Dataverse answered ${status}${code ? ` (${code})` : ''}: ${said}`, {
    kind,
    outcome: isCertainRefusal(answer) ? 'refused' : 'unknown',
    status,
    ...(code && { code }),
    ...(dataverseMessage && { dataverseMessage }),
    ...(id && { requestId: id }),
    ...(after !== undefined && { retryAfterMs: after }),
  });
}

interface Explanation {
  code?: string;
  message?: string;
}

/** Cuts secrets out of a text; must see the whole of it, because half of a secret cannot be told from other words. */
type Clean = (text: string) => string;

/** What the answer says of itself, in whichever shape: shortened, without markup and secrets. */
function errorBody(answer: HttpAnswer, secrets: readonly string[]): Explanation {
  const clean = scrubber(secrets);
  const { code, message } = explanationIn(answer, clean);
  const shown = (value: unknown, length: number) =>
    (typeof value === 'string' && clean(value).trim().slice(0, length)) || undefined;
  return { code: shown(code, MAX_CODE_LENGTH), message: shown(message, MAX_MESSAGE_LENGTH) };
}

/** OData's error object first; then the shapes of the layers around Dataverse; then a text, a page, a challenge. */
function explanationIn(answer: HttpAnswer, clean: Clean): { code?: unknown; message?: unknown } {
  const body = tryJson(answer);
  const refusal = odataError(body);
  if (refusal !== undefined) {
    const { code, message, innererror: inner } = refusal;
    return { code, message: message || (inner as { message?: unknown } | undefined)?.message };
  }
  const { error, error_description: description } = body ?? {};
  if (typeof error === 'string') {
    return { message: typeof description === 'string' && description ? `${error}: ${description}` : error };
  }
  if (body !== undefined) return { message: body.Message ?? body.message };
  return { message: plainText(answer, clean) || challengeText(answer, clean) };
}

/** OData's error object, as Dataverse writes it; undefined in any other body. */
function odataError(body: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  const error = body?.error;
  return isPlainObject(error) ? error : undefined;
}

/** OData requires both, as texts. A gateway's own error may have the form of an object too. */
function isWrittenByDataverse(answer: HttpAnswer): boolean {
  const { code, message } = odataError(tryJson(answer)) ?? {};
  return typeof code === 'string' && typeof message === 'string';
}

const MAX_TEXT_LENGTH = 300;

/** The part of a text or a page that is read; secrets are looked for in five times as much, so that none is cut. */
const MAX_READ_LENGTH = 20_000;

/** The title of a page, or the beginning of a text. Bytes that are not text say nothing. */
function plainText(answer: HttpAnswer, clean: Clean): string | undefined {
  const whole = clean(text(answer).slice(0, 5 * MAX_READ_LENGTH)).slice(0, MAX_READ_LENGTH);
  if (whole.includes('\uFFFD') || whole.includes('\0') || /^\s*[{["]/.test(whole)) return undefined;
  const title = /<title[^<>]*>([^<]*)</i.exec(whole)?.[1];
  const readable = title ?? whole.replace(/<(script|style)\b.*?<\/\1>/gis, ' ').replace(/<[^<>]*>/g, ' ');
  return readable.replace(/\s+/g, ' ').trim().slice(0, MAX_TEXT_LENGTH);
}

/** Microsoft Entra ID explains a token that is not taken in the challenge: its AADSTS code, in words. */
function challengeText({ headers }: HttpAnswer, clean: Clean): string | undefined {
  return /AADSTS\d+[^"]*/.exec(clean(headers['www-authenticate'] ?? ''))?.[0].slice(0, MAX_TEXT_LENGTH);
}

function unexplained(status: number): string {
  if (status >= 300 && status < 400) return 'a redirect, which is not followed. Check the organization URI';
  return 'without an explanation';
}

/**
 * Statuses with which Dataverse refuses a request for good or for a while, before it carries it out. A gateway or proxy
 * in between may answer any other (407, 424, 460, 499), also for a request that Dataverse did carry out.
 */
const REFUSALS: Readonly<Record<number, DataverseErrorKind>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'notFound',
  405: 'badRequest',
  412: 'badRequest',
  413: 'badRequest',
  415: 'badRequest',
  429: 'throttled',
};

/** Looks only at the status: codes are little documented, and texts change. A status that is not documented may pass. */
function kindOf(status: number): DataverseErrorKind {
  if (status === 408) return 'timeout';
  if (status >= 300 && status < 400) return 'badRequest';
  return REFUSALS[status] ?? 'unavailable';
}

/**
 * Whether the request was certainly not carried out: refused by Dataverse itself, as its error body shows, or its
 * challenge for another token.
 */
export function isCertainRefusal(answer: HttpAnswer): boolean {
  if (REFUSALS[answer.status] === undefined) return false;
  if (isWrittenByDataverse(answer)) return true;
  return answer.status === 401 && /^bearer\b/i.test(answer.headers['www-authenticate'] ?? '');
}
