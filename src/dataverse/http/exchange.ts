/** HOST: one HTTP request and its answer. */

/** Of a request that must not be written too late. */
export interface BeforeWriting {
  /**
   * For a request with a body, on a socket of its own: is awaited once the connection stands, and right before anything is
   * written. Where it rejects, nothing is.
   */
  beforeWriting?: () => Promise<void>;
}

export interface HttpRequest extends BeforeWriting {
  method: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  body?: string;
  /** For the whole exchange, in milliseconds. */
  timeoutMs: number;
  /** Limit of the answer's body, in bytes. */
  maxBytes: number;
  signal?: AbortSignal;
  /** Sends the request on a socket of its own. @default false */
  fresh?: boolean;
}

/** An answer as others may see it: without secrets. */
export interface ShownAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** JSON; null where it is something else. */
  body: unknown;
}

export interface HttpAnswer {
  status: number;
  /** Names in lower case; the values of a header that came twice are joined by `, `. */
  headers: Record<string, string>;
  body: Buffer;
}
