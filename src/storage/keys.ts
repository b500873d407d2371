/**
 * HOST: the keys of stored payloads, by their content: `v0/ns/<namespace>/d/sha256/<hash>`. It is the layout of Temporal's own
 * drivers without the workflow, because a payload outlives the workflow that stored it: the result of a run is the input of
 * another.
 */

const HASH = /^[0-9a-f]{64}$/;

/** What Temporal's drivers let through, in all languages. */
const SEGMENT = /^[\w!\-.*'()%]+$/;

/** @param namespace unknown where an answer of Nexus is stored. */
export function keyFor(hash: string, namespace: string | undefined): string {
  return namespace ? `v0/ns/${segmentOf(namespace)}/d/sha256/${hash}` : `v0/d/sha256/${hash}`;
}

function segmentOf(text: string): string {
  return encodeURIComponent(text)
    .replace(/~/g, '%7E')
    .replace(/^\.+$/, (dots) => dots.replace(/\./g, '%2E'));
}

/** Whether the key is one of the place, and of this content. Whoever starts runs can write any reference into an input. */
export function isKeyOf(key: string, hash: string): boolean {
  const segments = key.split('/');
  const isPath = segments.every((segment) => SEGMENT.test(segment) && !/^\.+$/.test(segment));
  return HASH.test(hash) && isPath && key.endsWith(`/d/sha256/${hash}`);
}
