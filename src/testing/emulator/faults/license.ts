/**
 * HOST, development only: the licence codes inside the trigger's 200, with their texts (Microsoft:
 * desktop-flow-run-time-license-check).
 */

export const LICENSE_MESSAGES = {
  ValidLicenseCoverage: 'Valid License Coverage',
  LicensingCheckFailed: 'Unable to perform licensing checks for this Desktop Flow',
  AttendedNoLicense:
    'Invalid License Coverage. Running this desktop flow in attended mode requires a "Power Automate Premium" user license.',
  UnattendedNoAddon:
    'Invalid License Coverage. Running this desktop flow in unattended mode requires an "Unattended RPA add-on" or a "Power Automate Process" license.',
} as const;

export type LicenseCode = keyof typeof LICENSE_MESSAGES;
