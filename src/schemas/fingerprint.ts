/**
 * HOST: the fingerprint of a flow's schemas: two are the same if every input and output has the same name and type, and
 * the same inputs must be given. Titles, descriptions, values of defaults and the order do not count.
 */
import { createHash } from 'node:crypto';
import type { FlowParameter } from './flow-schema';

export interface FlowParameters {
  inputs: readonly FlowParameter[];
  outputs: readonly FlowParameter[];
}

/** What counts of the schemas, in one order. Generated modules hold it, so its form stays. */
export interface CanonicalSchemas {
  inputs: [name: string, type: string, isRequired: boolean][];
  outputs: [name: string, type: string][];
}

/** Enough that no two schemas share one by chance. */
const DIGITS = 32;

export function fingerprintOf(schemas: FlowParameters): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(schemas)))
    .digest('hex')
    .slice(0, DIGITS);
}

export function canonical({ inputs, outputs }: FlowParameters): CanonicalSchemas {
  return {
    inputs: inNameOrder(inputs).map(({ name, type, isRequired }) => [name, type, isRequired]),
    outputs: inNameOrder(outputs).map(({ name, type }) => [name, type]),
  };
}

/** By code units, so that no locale changes it. */
function inNameOrder(parameters: readonly FlowParameter[]): FlowParameter[] {
  return parameters.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}
