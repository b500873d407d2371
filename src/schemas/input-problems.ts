/** HOST: compares inputs with the schema of their flow. Nothing that it says repeats a value. */
import { inputsText } from '../common/schema/fields';
import { nearestName } from '../common/schema/nearest-name';
import { atMost, type FieldProblem, shown } from '../common/schema/parse';
import { holdsReference } from '../common/schema/secret-references';
import type { FlowParameter } from './flow-schema';

/** Other types are not documented, nor how their values are written: any value will do. */
const TYPES: Record<string, { is: (value: unknown) => boolean; problem: string }> = {
  string: { is: (value) => typeof value === 'string', problem: 'must be a text' },
  number: { is: (value) => typeof value === 'number', problem: 'must be a number' },
  integer: { is: (value) => Number.isInteger(value), problem: 'must be a whole number' },
  boolean: { is: (value) => typeof value === 'boolean', problem: 'must be true or false' },
};

/** A name may be as long as the whole input. */
const LONGEST_NAME = 100;

/** @param given as the run's input has them; references to secrets in them are texts. */
export function inputProblems(
  given: Record<string, unknown> | string | undefined,
  parameters: readonly FlowParameter[],
): FieldProblem[] {
  const inputs: Record<string, unknown> = JSON.parse(inputsText(given ?? {}));
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const unused = parameters.map(({ name }) => name).filter((name) => !Object.hasOwn(inputs, name));
  const wrong = Object.entries(inputs).flatMap(([name, value]) => {
    const parameter = byName.get(name);
    const problem = parameter ? typeProblem(value, parameter) : nameProblem(name, unused, byName.size === 0);
    return problem === undefined ? [] : [{ field: fieldOf(name), problem }];
  });
  const missing = parameters
    .filter(({ name, isRequired }) => isRequired && !Object.hasOwn(inputs, name))
    .map(({ name }) => ({ field: fieldOf(name), problem: 'is required: the flow has no default for it' }));
  return atMost([...wrong, ...missing]);
}

function nameProblem(name: string, unused: string[], takesNone: boolean): string {
  if (takesNone) return 'is not an input of this flow, which takes none';
  const nearest = name.length <= LONGEST_NAME ? nearestName(name, unused) : undefined;
  const hint = nearest === undefined ? '' : `; did you mean ${nearest.slice(0, LONGEST_NAME)}?`;
  return `is not an input of this flow${hint}`;
}

function typeProblem(value: unknown, { type }: FlowParameter): string | undefined {
  const expected = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (expected === undefined || expected.is(value)) return undefined;
  const isSecret = typeof value === 'string' && holdsReference(value);
  return isSecret ? `${expected.problem}, and a secret is always a text` : expected.problem;
}

function fieldOf(name: string): string {
  return shown(['inputs', name]);
}
