/** HOST: several providers in a row: the first one that has a secret gives it. */
import type { SecretProvider } from './secrets';

/** Asks several providers in a row: the first one that has a secret, and allows its name, gives it. */
export function secretsInTurn(providers: readonly SecretProvider[]): SecretProvider {
  return {
    /** Allowed where one provider allows it: the others are not asked for it. */
    nameProblem(name) {
      const problems = providers.map((provider) => provider.nameProblem?.(name));
      return problems.every((problem) => problem !== undefined) ? problems[0] : undefined;
    },
    async get(name) {
      for (const provider of providers) {
        if (provider.nameProblem?.(name) !== undefined) continue;
        const value = await provider.get(name);
        if (value) return value;
      }
      return undefined;
    },
    forget(name) {
      for (const provider of providers) provider.forget?.(name);
    },
  };
}
