/** HOST: where `{{secrets.NAME}}` comes from. Only the worker resolves it: no secret is ever in a history. */

export interface SecretProvider {
  /** Returns the secret's value, or undefined where no secret has this name. */
  get(name: string): Promise<string | undefined>;
  /** Returns why inputs may not name this secret, or undefined; never whether it exists. @default all are allowed */
  nameProblem?(name: string): string | undefined;
  /** Is told that the value was refused where it was used, with 401: the next `get` must not come from a cache. @default not told */
  forget?(name: string): void;
}

/** Which secrets a provider gives. */
export interface AllowedSecrets {
  /**
   * Names of secrets, or prefixes such as `INVOICES_*`. TEMPORAL_*, CALLBACK_SIGNING_KEYS, PAYLOAD_ENCRYPTION_*, EXTERNAL_STORAGE_* and
   * POWER_AUTOMATE_CLIENT_CERTIFICATE* are never given.
   * @default ['POWER_AUTOMATE_*']
   */
  allow?: readonly string[];
}

export interface EnvironmentSecretsOptions extends AllowedSecrets {}

export const DEFAULT_ALLOWED_SECRETS = ['POWER_AUTOMATE_*'];

/** Signing keys of callback URLs, comma-separated: the first one signs, all are accepted. */
export const SIGNING_KEYS = 'CALLBACK_SIGNING_KEYS';

/** The worker's own access to Temporal. */
const TEMPORAL_PREFIX = 'TEMPORAL_';

/** What keeps payloads from Temporal. */
const ENCRYPTION_PREFIX = 'PAYLOAD_ENCRYPTION_';

/** The worker's own access to Dataverse. */
const OWN_CREDENTIALS = ['POWER_AUTOMATE_CLIENT_SECRET', 'POWER_AUTOMATE_BEARER_TOKEN'];

/** The private key of the worker, which no request ever needs. */
const CERTIFICATE_PREFIX = 'POWER_AUTOMATE_CLIENT_CERTIFICATE';

/** The worker's own access to where large payloads are. */
const STORAGE_PREFIX = 'EXTERNAL_STORAGE_';

const NEVER_PREFIXES = [TEMPORAL_PREFIX, ENCRYPTION_PREFIX, STORAGE_PREFIX];

const NEVER_NAMED = `${TEMPORAL_PREFIX}*, ${ENCRYPTION_PREFIX}*, ${STORAGE_PREFIX}*`;

/** Whether it may stand for credentials alone: anywhere else a robot, or a host of the caller's, would learn it. */
export function isForAuthenticationAlone(name: string): boolean {
  return OWN_CREDENTIALS.includes(name.toUpperCase());
}

/** Reads the allowed environment variables of the worker; an empty one counts as unset. The default. */
export function environmentSecrets(
  environment: NodeJS.ProcessEnv = process.env,
  options: EnvironmentSecretsOptions = {},
): SecretProvider {
  return allowedOnly(
    { get: async (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined) },
    options,
  );
}

/** A provider that is asked for allowed names alone; an empty value counts as none. */
export function allowedOnly(
  secrets: SecretProvider,
  { allow = DEFAULT_ALLOWED_SECRETS }: AllowedSecrets,
): SecretProvider {
  const nameProblem = (name: string) => {
    const problem = `${name} is not among the secrets that inputs may name`;
    if (coversWhatInputsNeverName(name)) return `${problem}: ${NEVER_NAMED} and ${SIGNING_KEYS} never are`;
    if (name.toUpperCase().startsWith(CERTIFICATE_PREFIX))
      return `${problem}: the worker's certificate never is`;
    if (allow.some((entry) => matches(name, entry))) return undefined;
    return `${problem}: add ${name} to POWER_AUTOMATE_SECRETS on the worker`;
  };
  return {
    ...secrets,
    nameProblem,
    get: async (name) => {
      if (nameProblem(name) !== undefined) return undefined;
      return (await secrets.get(name)) || undefined;
    },
  };
}

/** Returns what is wrong with an entry of the list, or undefined. Repeats only known names: others may be secrets. */
export function allowedSecretProblem(entry: string): string | undefined {
  if (coversWhatInputsNeverName(entry))
    return `must not cover ${NEVER_NAMED} or ${SIGNING_KEYS}, as ${entry} does`;
  return /^[\w.-]+\*?$/.test(entry)
    ? undefined
    : 'must hold names of variables, or prefixes such as INVOICES_*, comma-separated';
}

function matches(name: string, entry: string): boolean {
  return entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry;
}

/** Compares a name or a prefix in any case, because Windows does not tell upper from lower case. */
function coversWhatInputsNeverName(entry: string): boolean {
  const upper = entry.toUpperCase();
  if (NEVER_PREFIXES.some((prefix) => upper.startsWith(prefix)) || matches(SIGNING_KEYS, upper)) return true;
  return upper.endsWith('*') && NEVER_PREFIXES.some((prefix) => prefix.startsWith(upper.slice(0, -1)));
}
