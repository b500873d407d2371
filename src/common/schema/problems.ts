/** SHARED: may run anywhere. The problems of an input, field by field. */

/** One wrong field. `field` is a path such as `retry.maximumAttempts`; `problem` never repeats the value. */
export interface FieldProblem {
  field: string;
  problem: string;
}

/** Returns one line that names every wrong field, for the message of an `InvalidInput`. */
export function describeProblems(problems: readonly FieldProblem[]): string {
  return problems.map(({ field, problem }) => `${field}: ${problem}`).join('; ');
}
