/** HOST, development only: what the emulator answers, and what it answers where Microsoft documents nothing. */
import type { OutgoingHttpHeaders } from 'node:http';

/** The emulator sends an object as JSON, and a Buffer in chunks without a Content-Length, as Dataverse sends files. */
export interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: object | string | Buffer;
}

/** The answer to give in a case that Microsoft does not document. */
export interface ConfiguredAnswer {
  /** HTTP status; below 300 the answer has no body. */
  readonly status: number;
  /** Dataverse's error code. @default the empty string */
  readonly code?: string;
  /** @default a text that says what is wrong */
  readonly message?: string;
  /** @default no header */
  readonly retryAfterSeconds?: number;
}

/** Dataverse sends 0x80040265 where its own business logic refuses (Microsoft: compose-http-requests). */
const BUSINESS_RULE: ConfiguredAnswer = { status: 400, code: '0x80040265' };

/** All of these answers are unverified: Microsoft does not promise them, so a client must cope with any others. */
export const DEFAULT_ANSWERS = {
  /** A required parameter of RunDesktopFlow is missing. */
  missingParameter: BUSINESS_RULE,
  /** A parameter of RunDesktopFlow that does not exist. */
  unknownParameter: BUSINESS_RULE,
  /** A parameter has the wrong JSON type, or a value that is not documented. */
  badParameter: BUSINESS_RULE,
  /** The request's body is not a JSON object. */
  malformedBody: BUSINESS_RULE,
  /** A body without Content-Type: application/json. */
  contentType: { status: 415, code: '' },
  /** Inputs that do not fit the flow's schema; only with `checkInputs`. */
  badInputs: BUSINESS_RULE,
  /** Inputs above 2 MB. */
  inputsTooLarge: BUSINESS_RULE,
  badCallbackUrl: BUSINESS_RULE,
  unknownConnection: BUSINESS_RULE,
  suspendedFlow: BUSINESS_RULE,
  /** More than 70 starts a minute on one connection; the code is that of the cloud-flow action. */
  startRate: { status: 429, code: 'DesktopFlowsActionThrottled', retryAfterSeconds: 60 },
  /** The id in the URL is not a GUID. */
  malformedId: { status: 400, code: '0x80060888' },
  /** Status or cancel of a run on which the caller has only "User" privileges. */
  notOwner: { status: 403, code: '0x80048306' },
  /** Cancel of a run that has ended. */
  cancelFinished: { status: 204 },
  /** Schema of a flow without inputs or outputs. */
  noSchema: { status: 204 },
  /** A ranged download where files are kept in the database; the code is documented, the status is not. */
  rangedByok: { status: 400, code: '0x80090017' },
  /** More values in one `In` than `limits.valuesInIn`. */
  tooManyValues: { status: 400, code: '0x8004430E' },
  /** A URL above 32,768 characters. */
  urlTooLong: { status: 414, code: '' },
} as const satisfies Record<string, ConfiguredAnswer>;

export type UnverifiedCase = keyof typeof DEFAULT_ANSWERS;
export type UnverifiedAnswers = Readonly<Record<UnverifiedCase, ConfiguredAnswer>>;

/** Thrown by a call; becomes Dataverse's error body (Microsoft: compose-http-requests-handle-errors). */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: OutgoingHttpHeaders = {},
  ) {
    super(message);
  }
}

/** A case for which the emulator's options decide on the answer. */
export class UnverifiedRefusal extends Error {
  constructor(
    readonly reason: UnverifiedCase,
    message: string,
  ) {
    super(message);
  }
}

/** The code that Dataverse gives for a property, an option or a syntax it does not know. */
export function badQuery(message: string): Refusal {
  return new Refusal(400, '0x80060888', message);
}

/** The answer to a path that leads to nothing. */
export function noSegment(segment: string): Refusal {
  const { code, message } = badQuery(`Resource not found for the segment '${segment}'.`);
  return new Refusal(404, code, message);
}

/**
 * What Dataverse has and the emulator does not: refused by its name, because an answer without it would be a wrong one.
 * 501 is OData's status for that (Protocol, "501 Not Implemented"); the code is that of "not implemented" in COM.
 */
export function notEmulated(what: string): Refusal {
  return new Refusal(501, '0x80004001', `The emulator does not support ${what}.`);
}

export function doesNotExist(table: string, id: string): Refusal {
  return new Refusal(404, '0x80040217', `Entity '${table}' With Id = ${id} Does Not Exist`);
}

/** Turns anything that a call throws into the answer that Dataverse would give. */
export function toAnswer(error: unknown, answers: UnverifiedAnswers, annotated: boolean): Answer {
  if (error instanceof UnverifiedRefusal) {
    const { status, code = '', message = error.message, retryAfterSeconds } = answers[error.reason];
    const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
    return status < 300 ? { status, headers } : errorAnswer(status, code, message, headers, annotated);
  }
  if (error instanceof Refusal) {
    return errorAnswer(error.status, error.code, error.message, error.headers, annotated);
  }
  return errorAnswer(500, '0x80040216', 'An unexpected error occurred.', {}, annotated);
}

/** Makes Dataverse's answer to an error; without code and message it has no body. */
export function errorAnswer(
  status: number,
  code: string,
  message: string,
  headers: OutgoingHttpHeaders = {},
  annotated = false,
): Answer {
  if (code === '' && message === '') return { status, headers };
  return {
    status,
    headers,
    body: { error: { code, message, ...(annotated ? annotations(code, message) : {}) } },
  };
}

function annotations(code: string, message: string): Record<string, string> {
  const help = `http://go.microsoft.com/fwlink/?LinkID=398563&error=Microsoft.Crm.CrmException%3a${code.replace(/^0x/, '')}&client=platform`;
  return {
    '@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus': '0',
    '@Microsoft.PowerApps.CDS.ErrorDetails.SubErrorCode': '0',
    '@Microsoft.PowerApps.CDS.HelpLink': help,
    '@Microsoft.PowerApps.CDS.TraceText': '',
    '@Microsoft.PowerApps.CDS.InnerError.Message': message,
  };
}
