/** SHARED: may run anywhere. Dataverse's licence check of a trigger. On the wire. */
export interface LicenseCheck {
  /** `ValidLicenseCoverage` if all is well. Decide by this code, never by the text. */
  code: string;
  message?: string;
}
