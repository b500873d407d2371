/** HOST, development only: checks files, options and requests that a person wrote. */
import type * as z from 'zod';

/** Parses what a person wrote; the error names every wrong field by its path. */
export function validate<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidError(`${what} is not valid: ${parsed.error.issues.map(describe).join('; ')}`);
}

/** Says where a file, an option or an admin call is wrong. */
export class InvalidError extends Error {}

function describe({ path, message }: z.core.$ZodIssue): string {
  const where = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return where === '' ? message : `${where.replace(/^\./, '')}: ${message}`;
}
