/** SHARED: may run anywhere. Part of results and failures. On the wire. */

/** Dataverse's licence check of a trigger. The robot may well start although the check failed. */
export interface LicenseCheck {
  /** `ValidLicenseCoverage` if all is well. Decide by this code, never by the text. */
  code: string;
  message?: string;
}
