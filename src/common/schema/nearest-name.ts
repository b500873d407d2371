/** SHARED: may run anywhere. Which name somebody may have meant. */

/** A name may be this share of its length away, in letters that are added, left out or changed. */
const MOST_CHANGES = 0.34;
const SHORTEST_BEGINNING = 4;

/** @returns the one of `names` that is nearest to `written`: but for the case, as a beginning, or by its letters. */
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

/** Levenshtein's distance, row by row of its table. */
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
