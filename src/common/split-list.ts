/** SHARED: may run anywhere. */

/** The entries of a comma-separated text, without the spaces around them and without empty ones. */
export function splitList(text = ''): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}
