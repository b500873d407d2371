/** HOST: names a value by hexadecimal digits, so that keys and ids hold no secret and stay short. */
import { createHash } from 'node:crypto';

/** SHA-256 of the value as JSON. */
export function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
