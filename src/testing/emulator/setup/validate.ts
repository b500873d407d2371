import type * as z from 'zod';

/** Parses what somebody wrote by hand; the error names every wrong field by its path. */
export function validate<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidError(`${what} is not valid: ${parsed.error.issues.map(describe).join('; ')}`);
}

/** Somebody's own file or admin call is wrong: the message says where. */
export class InvalidError extends Error {}

function describe({ path, message }: z.core.$ZodIssue): string {
  const where = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return where === '' ? message : `${where.replace(/^\./, '')}: ${message}`;
}
