/** HOST: the one error that the client throws. It holds nothing of a request: no header, no token, no body. */
import { scrub } from '../../common/scrub';

/**
 * - `throttled`: told to wait, by Dataverse or by this process because Dataverse said so before
 * - `unauthorized`, `forbidden`, `notFound`, `badRequest`: refused, the same request will be refused again
 * - `unavailable`: 5xx; `network`: no connection, or it broke; `timeout`: no answer in time, or 408
 * - `unreadable`: an answer that cannot be understood; `tooLarge`: an answer above the limit
 * - `aborted`: by the caller's signal
 */
export type DataverseErrorKind =
  | 'throttled'
  | 'unauthorized'
  | 'forbidden'
  | 'notFound'
  | 'badRequest'
  | 'unavailable'
  | 'network'
  | 'timeout'
  | 'unreadable'
  | 'tooLarge'
  | 'aborted';

export interface DataverseErrorFields {
  kind: DataverseErrorKind;
  /**
   * `refused`: certainly not executed. `unknown`: the request may have been executed. Decisive for
   * RunDesktopFlow, which is not idempotent.
   */
  outcome: 'refused' | 'unknown';
  /** HTTP status; absent when no answer came. */
  status?: number;
  /** Dataverse's own code, such as `0x80040220`, or the error of the token endpoint. */
  code?: string;
  /** Dataverse's own text, without secrets, at most 2,000 characters. */
  dataverseMessage?: string;
  /** `REQ_ID` of the answer, for Microsoft's support. */
  requestId?: string;
  /** How long to wait before any other request, in milliseconds. */
  retryAfterMs?: number;
  /** Bytes of an answer that was too large, where known. */
  size?: number;
}

export class DataverseError extends Error {
  override readonly name = 'DataverseError';
  readonly kind!: DataverseErrorKind;
  readonly outcome!: 'refused' | 'unknown';
  readonly status?: number;
  readonly code?: string;
  readonly dataverseMessage?: string;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  readonly size?: number;

  constructor(message: string, fields: DataverseErrorFields) {
    super(message);
    Object.assign(this, fields);
  }
}

/** Returns the same error with these texts cut out of its message. */
export function withoutSecrets(error: DataverseError, secrets: readonly string[]): DataverseError {
  if (secrets.length === 0) return error;
  return new DataverseError(scrub(error.message, secrets), { ...error });
}

const REFUSALS: readonly DataverseErrorKind[] = ['unauthorized', 'forbidden', 'notFound', 'badRequest'];

/** Whether the same request will be refused again. After other errors a repeat may succeed. */
export function isRefusal(error: unknown): error is DataverseError {
  return error instanceof DataverseError && REFUSALS.includes(error.kind);
}
