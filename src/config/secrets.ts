/** HOST: where `{{secrets.NAME}}` comes from. Only the worker resolves it: no secret is ever in a history. */

export interface SecretProvider {
  /** The secret's value, or undefined when there is none of that name. */
  get(name: string): Promise<string | undefined>;
}

/** Reads environment variables of the worker; an empty one counts as unset. The default. */
export function environmentSecrets(environment: NodeJS.ProcessEnv = process.env): SecretProvider {
  return { get: async (name) => (Object.hasOwn(environment, name) && environment[name]) || undefined };
}
