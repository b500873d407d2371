/** HOST, development only: names that cannot exist. */

/** RFC 2606 reserves the top-level domain `.invalid`. */
export function isInvalid(hostname: string): boolean {
  return /(^|\.)invalid\.?$/.test(hostname);
}
