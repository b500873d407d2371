/** SHARED: may run anywhere. Finds the name that somebody may have meant. */

/** Largest share of a name's letters that may be added, left out or changed. */
const MOST_CHANGES = 0.34;
const SHORTEST_BEGINNING = 4;

/** Returns the name nearest to `written`: equal apart from case, close by its letters, or with the same beginning. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  const wanted = written.toLowerCase();
  const same = names.find((name) => name.toLowerCase() === wanted);
  if (same !== undefined) return same;
  const [nearest] = names
    .map((name) => ({ name, changes: changesBetween(wanted, name.toLowerCase()) }))
    .filter(({ name, changes }) => changes <= name.length * MOST_CHANGES)
    .sort((one, other) => one.changes - other.changes);
  return nearest?.name ?? names.find((name) => isBeginning(wanted, name.toLowerCase()));
}

function isBeginning(written: string, name: string): boolean {
  return written.length >= SHORTEST_BEGINNING && (name.startsWith(written) || written.startsWith(name));
}

/** Returns the Levenshtein distance, computed row by row. */
function changesBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (let column = 1; column < row.length; column += 1) {
      const changed = (row[column - 1] ?? 0) + (letter === other[column - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
