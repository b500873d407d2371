/** SHARED: may run anywhere. Cuts secrets out of a text that others wrote. */

/** Shorter texts are no secrets, and replacing them would garble a message. */
const SHORTEST_SECRET = 4;

export function scrub(text: string, secrets: readonly string[]): string {
  return (
    secrets
      .filter((secret) => secret.length >= SHORTEST_SECRET)
      // Also as it was sent to a token endpoint.
      .flatMap((secret) => [secret, new URLSearchParams([['', secret]]).toString().slice(1)])
      // The longest first: one secret may be a part of another.
      .toSorted((one, other) => other.length - one.length)
      .reduce((scrubbed, secret) => scrubbed.replace(new RegExp(literally(secret), 'gi'), '[redacted]'), text)
  );
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
