/** HOST: a name for what a value is, of hexadecimal digits: no secret, and nothing too long, is a key or an id. */
import { createHash } from 'node:crypto';

/** SHA-256 of the value as JSON. */
export function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
