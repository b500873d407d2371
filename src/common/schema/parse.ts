/** SHARED: may run anywhere. Turns an unknown value into a typed one, or into a list of all its problems. */
import * as z from 'zod/mini';
import { nearestName } from './nearest-name';

/** One wrong field. `field` is a path such as `retry.maximumAttempts`; `problem` never repeats the value. */
export interface FieldProblem {
  field: string;
  problem: string;
}

/** Returns one line that names every wrong field, for the message of an `InvalidInput`. */
export function describeProblems(problems: readonly FieldProblem[]): string {
  return problems.map(({ field, problem }) => `${field}: ${problem}`).join('; ');
}

/** The message of every failure that refuses an input before anything was started. */
export function refusedInput(problems: readonly FieldProblem[]): string {
  return `Nothing was started, the input is wrong: ${describeProblems(problems)}`;
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; problems: FieldProblem[] };

/** Parses without zod's just-in-time compiler: nothing is compiled at run time in the workflow sandbox. */
export function parse<T>(schema: z.ZodMiniType<T>, value: unknown): Parsed<T> {
  if (!isPlainObject(value)) {
    return { ok: false, problems: [{ field: 'input', problem: 'must be one JSON object' }] };
  }
  const deep = Object.keys(value).filter((field) => isTooDeep(value[field]));
  if (deep.length > 0) {
    const problem = `must not be nested deeper than ${MAX_DEPTH} levels`;
    return { ok: false, problems: atMost(deep.map((field) => ({ field: shown([field]), problem }))) };
  }
  const result = z.safeParse(schema, withoutNulls(value), { jitless: true });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, problems: atMost(result.error.issues.flatMap((issue) => toProblems(issue, schema))) };
}

/** A more deeply nested value would overflow the stack of the code that writes it as JSON. */
const MAX_DEPTH = 100;

/** Limits: a failure has to fit into a payload, no matter how wrong the input is. */
const MAX_PROBLEMS = 50;
const MAX_FIELD_LENGTH = 100;

/** Whether it is a JSON object. Rejects typed arrays too: binary payloads arrive as those. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** Checks level by level, because a recursion could itself overflow the stack. */
function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}

/** As many as fit into a failure. */
export function atMost(problems: FieldProblem[]): FieldProblem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const more = { field: 'input', problem: `has ${problems.length - MAX_PROBLEMS} more problems` };
  return [...problems.slice(0, MAX_PROBLEMS), more];
}

/** The path of a field, in at most so many characters as fit into a failure. */
export function shown(path: readonly string[]): string {
  return path.join('.').slice(0, MAX_FIELD_LENGTH) || 'input';
}

/** Removes nulls: some languages write null for a field that was left out. The content of `inputs` stays. */
function withoutNulls(value: object): object {
  const entries = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(
    entries.map(([name, field]) => [
      name,
      typeof field === 'object' && name !== 'inputs' && !Array.isArray(field) ? withoutNulls(field) : field,
    ]),
  );
}

function toProblems(issue: z.core.$ZodIssue, schema: z.core.$ZodType): FieldProblem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const names = fieldNames(schema, path);
    return issue.keys.map((key, index) => {
      // The name of a field may be as long as the whole input, and there may be as many as fit into it.
      const isHinted = key.length <= MAX_FIELD_LENGTH && index < MAX_PROBLEMS;
      const nearest = isHinted ? nearestName(key, names) : undefined;
      const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
      return { field: shown([...path, key]), problem: `is not a field of this input${hint}` };
    });
  }
  return [{ field: shown(path), problem: issue.message }];
}

/** Returns the field names of the object at the path, no matter what its schema is wrapped in. */
function fieldNames(schema: z.core.$ZodType, path: readonly string[]): string[] {
  const def = schema._zod.def as {
    shape?: Record<string, z.core.$ZodType>;
    innerType?: z.core.$ZodType;
    in?: z.core.$ZodType;
    options?: z.core.$ZodType[];
  };
  const [first, ...rest] = path;
  if (def.shape !== undefined) {
    if (first === undefined) return Object.keys(def.shape);
    const field = def.shape[first];
    return field === undefined ? [] : fieldNames(field, rest);
  }
  const inside = [def.innerType, def.in, ...(def.options ?? [])].filter((inner) => inner !== undefined);
  return inside.flatMap((inner) => fieldNames(inner, path));
}
