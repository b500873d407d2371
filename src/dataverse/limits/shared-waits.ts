/** HOST: what callers of an organization in other processes know of it. How they hear of each other is not this room's business. */
export interface SharedWaits {
  /** How long nothing may be sent, because Dataverse has told another process so, in milliseconds. Must not throw. */
  toldToOthersMs(organization: URL): Promise<number>;
  /** Dataverse has asked this process to wait. Must not throw. */
  tellOthers(organization: URL, waitMs: number): void;
}
