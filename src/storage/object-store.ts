/** HOST: what a place must be able to do to keep large payloads. */

/** An error is trouble that passes, whatever it is: only `get` tells that an object is not there. */
export interface ObjectStore {
  /** References name it so, in every history: it never changes. */
  readonly name: string;
  /** The kind of driver, as Temporal's server shows it with the worker. */
  readonly type: string;
  /** For messages: where the objects are, without what authenticates. */
  readonly place: string;
  /**
   * Writes all of the object or nothing, and checks it on the way. An object that is there is written again: it is as old as
   * its last write.
   * @param parts of the object, one after another (`parts.ts`).
   */
  put(key: string, parts: Uint8Array[], signal: AbortSignal): Promise<void>;
  /** Returns undefined where the place is there and the object is not. @throws ObjectTooLarge before it is read. */
  get(key: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** The fields of a reference that say where the object is. */
  claimOf(key: string): Record<string, string>;
  /** The key that such fields name; undefined where they name another place. */
  keyOf(claim: Record<string, string>): string | undefined;
}

/** Nobody of ours has written it. */
export class ObjectTooLarge extends Error {
  override readonly name = 'ObjectTooLarge';
}
