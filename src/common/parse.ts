/** SHARED: may run anywhere. From an unknown value to a typed one, or to every problem it has. */
import * as z from 'zod/mini';
import type { FieldProblem } from './failures';

export type Parsed<T> = { ok: true; value: T } | { ok: false; problems: FieldProblem[] };

/** Parses without zod's just-in-time compiler: nothing is compiled at run time in the workflow sandbox. */
export function parse<T>(schema: z.ZodMiniType<T>, value: unknown): Parsed<T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, problems: [{ field: 'input', problem: 'must be one JSON object' }] };
  }
  const result = z.safeParse(schema, withoutNulls(value), { jitless: true });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, problems: result.error.issues.flatMap(toProblems) };
}

/** Null means unset: some languages write it for a field that was left out. What is inside `inputs` stays. */
function withoutNulls(value: object): object {
  const entries = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(
    entries.map(([name, field]) => [
      name,
      typeof field === 'object' && name !== 'inputs' && !Array.isArray(field) ? withoutNulls(field) : field,
    ]),
  );
}

function toProblems(issue: z.core.$ZodIssue): FieldProblem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: [...path, key].join('.'),
      problem: 'is no field of this input',
    }));
  }
  return [{ field: path.join('.') || 'input', problem: issue.message }];
}
