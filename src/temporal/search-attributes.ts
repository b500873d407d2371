/** HOST: registers the search attributes of runs. */
import type { OperatorService } from '@temporalio/client';
import { RUN_ATTRIBUTE_NAMES } from '../common/search-attributes';

/** Temporal's enum `IndexedValueType`. */
const KEYWORD = 2;

/** By name, what was done. @throws Temporal's error where it refuses, or where a name is taken by another type */
export async function registerSearchAttributes(
  operator: OperatorService,
  namespace: string,
): Promise<Record<string, 'registered' | 'is there'>> {
  const { customAttributes } = await operator.listSearchAttributes({ namespace });
  const known = customAttributes ?? {};
  const wrong = RUN_ATTRIBUTE_NAMES.filter((name) => name in known && known[name] !== KEYWORD);
  if (wrong.length > 0)
    throw new Error(`${wrong.join(', ')} must be of the type Keyword, and the namespace has another`);
  const missing = RUN_ATTRIBUTE_NAMES.filter((name) => !(name in known));
  if (missing.length > 0) {
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
    await operator.addSearchAttributes({ namespace, searchAttributes });
  }
  return Object.fromEntries(
    RUN_ATTRIBUTE_NAMES.map((name) => [name, missing.includes(name) ? 'registered' : 'is there']),
  );
}
