/** SHARED: may run anywhere. Part of results and failures. On the wire. */

/** Pages of Power Automate's portal, for a person. */
export interface PortalLinks {
  flow: string;
  /** Microsoft does not document its form. */
  run: string;
}
