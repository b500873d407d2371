/** SHARED: may run anywhere. Removes secrets from a text that others wrote. */

/** Shorter texts are not secrets, and replacing them would garble a message. */
const SHORTEST_SECRET = 4;

/** For many texts: the patterns are built once. */
export function scrubber(secrets: readonly string[]): (text: string) => string {
  const patterns = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    // Also as it was sent to a token endpoint.
    .flatMap((secret) => [secret, new URLSearchParams([['', secret]]).toString().slice(1)])
    // The longest first: one secret may be a part of another.
    .toSorted((one, other) => other.length - one.length)
    .map((secret) => new RegExp(literally(secret), 'gi'));
  return (text) => patterns.reduce((scrubbed, pattern) => scrubbed.replace(pattern, '[redacted]'), text);
}

export function scrub(text: string, secrets: readonly string[]): string {
  return scrubber(secrets)(text);
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
