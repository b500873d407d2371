/** SHARED: may run anywhere. Pages of Power Automate's portal, for a person. On the wire. */
export interface PortalLinks {
  flow: string;
  /** Microsoft does not document its form. */
  run: string;
}
