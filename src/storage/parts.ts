/** HOST: an object in parts that follow one another. Joined, a large one would be in memory twice. */
import { createHash } from 'node:crypto';

export function lengthOf(parts: Uint8Array[]): number {
  return parts.reduce((length, part) => length + part.length, 0);
}

/** The hash of what they are together. */
export function hashOf(algorithm: 'sha256' | 'md5', parts: Uint8Array[]): Buffer {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}
