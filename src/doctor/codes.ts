/** HOST: what each check may find, by codes that scripts decide by: they do not change. */

export const FINDINGS = {
  variables: ['variable-wrong'],
  credentials: ['credentials-missing', 'credentials-wrong'],
  'temporal-variables': ['variable-wrong'],
  temporal: ['temporal-unreachable', 'temporal-refused'],
  namespace: ['namespace-missing', 'namespace-refused', 'namespace-unknown'],
  workers: ['no-worker', 'no-worker-of-workflows', 'no-worker-of-activities'],
  'starts-workers': ['no-starts-worker'],
  'worker-versions': [
    'worker-version-differs',
    'workers-differ',
    'no-current-version',
    'current-version-without-workers',
  ],
  'queue-limits': ['queue-rate-limited', 'starts-limit-of-older-worker'],
  'organization-url': [
    'organization-missing',
    'organization-url-maker-portal',
    'organization-url-admin-center',
    'organization-url-platform-api',
    'organization-url-discovery',
    'organization-url-id',
    'organization-url-scheme',
    'organization-url-http',
    'organization-url-region',
    'organization-url-path',
    'organization-url-credentials',
    'organization-url-form',
  ],
  organization: ['organization-unreachable', 'organization-unavailable', 'organization-not-dataverse'],
  clock: ['clock-skew'],
  'token-endpoint': ['token-endpoint-form'],
  tenant: ['tenant-differs'],
  token: ['token-refused', 'token-throttled', 'token-endpoint-unreachable'],
  membership: ['no-application-user', 'application-user-disabled', 'address-blocked', 'token-not-taken'],
  'application-user': ['no-roles', 'application-user-disabled'],
  flows: ['flows-forbidden', 'no-flow-visible'],
  runs: ['runs-forbidden'],
  'runs-of-others': ['own-runs-only'],
  cancel: ['cancel-forbidden'],
  flow: ['flow-unknown', 'flow-ambiguous', 'flow-no-desktop-flow', 'flow-draft', 'flow-suspended'],
  connection: ['connection-name-implausible', 'connection-is-reference'],
  reference: ['reference-unknown', 'reference-unbound', 'reference-of-other-connector'],
  machines: ['no-machine', 'machines-silent'],
  'machine-capacity': ['machines-over-capacity'],
  'callback-variables': ['callback-variable-wrong'],
  'callback-filter': ['callbackurl-not-filterable'],
  'callback-host': ['callback-host-unknown', 'callback-host-private'],
  'callback-receiver': ['callback-unreachable', 'callback-receiver-down', 'callback-not-receiver'],
  'service-protection': ['service-protection-used-up'],
} as const;

/** What any check may find. */
export const COMMON_FINDINGS = ['throttled', 'forbidden', 'dataverse-trouble', 'unexpected'] as const;

export type CheckId = keyof typeof FINDINGS;

/** Where Microsoft Entra ID refuses a token, the code is Microsoft's own. */
export type FindingCode =
  | (typeof FINDINGS)[CheckId][number]
  | (typeof COMMON_FINDINGS)[number]
  | `AADSTS${string}`;
