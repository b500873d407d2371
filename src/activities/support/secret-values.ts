/**
 * HOST: reads the secrets that an input names. The one place where a name of an input goes to the provider: what an input
 * may not name, and what is missing, is said here.
 */
import type { FieldProblem } from '../../common/schema/parse';
import { namesIn } from '../../common/schema/secret-references';
import { isForAuthenticationAlone, type SecretProvider } from '../../config/secrets';

/** One reference: the name of a secret, and the field that holds it. */
export interface SecretReference {
  field: string;
  name: string;
}

export interface SecretValues {
  /** By name. */
  values: ReadonlyMap<string, string>;
  /** Of every name that has no value here. They hold no value of a secret. */
  problems: FieldProblem[];
}

/** Path of the fields of credentials. */
export const AUTHENTICATION = 'authentication.';

/** A provider may be a service, which an input must not flood. */
const MOST_SECRETS = 100;

/** A problem names the secret, and has to fit into a failure. */
const LONGEST_NAME = 200;

/** @throws what the provider throws where it cannot be asked. */
export async function readSecrets(
  references: readonly SecretReference[],
  secrets: SecretProvider,
): Promise<SecretValues> {
  const names = new Set(references.map(({ name }) => name));
  if (names.size > MOST_SECRETS) {
    const problem = `must not name more than ${MOST_SECRETS} secrets`;
    return { values: new Map(), problems: [{ field: 'input', problem }] };
  }
  const values = new Map<string, string>();
  const wrong = new Map<string, string>();
  const read = async (name: string) => {
    const problem = longName(name) || secrets.nameProblem?.(name);
    const value = problem ? undefined : await secrets.get(name);
    if (typeof value === 'string' && value !== '') values.set(name, value);
    else wrong.set(name, problem || `the worker has no secret ${name}`);
  };
  await Promise.all([...names].map(read));
  // A field may name one secret many times.
  const problems = new Map<string, FieldProblem>();
  for (const { field, name } of references) {
    const problem = wrong.get(name) ?? misused(field, name);
    if (problem !== undefined) problems.set(`${field} ${name}`, { field, problem });
  }
  return { values, problems: [...problems.values()] };
}

function misused(field: string, name: string): string | undefined {
  if (!isForAuthenticationAlone(name) || field.startsWith(AUTHENTICATION)) return undefined;
  return `${name} is the worker's own access to Dataverse: only authentication may name it`;
}

/** The references of a text field. */
export function referencesOf(field: string, text: string): SecretReference[] {
  return namesIn(text).map((name) => ({ field, name }));
}

function longName(name: string): string | undefined {
  if (name.length <= LONGEST_NAME) return undefined;
  return `must name a secret by at most ${LONGEST_NAME} characters`;
}
