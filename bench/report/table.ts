/** HOST, development only: lines of numbers as text, numbers to the right. */
import { type Line, round } from '../scenario';

export function table(lines: readonly Line[]): string {
  const heads = [...new Set(lines.flatMap((line) => Object.keys(line)))];
  const rows = lines.map((line) => heads.map((head) => text(line[head])));
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => (row[column] as string).length)),
  );
  const isNumber = heads.map((head) => lines.some((line) => typeof line[head] === 'number'));
  const write = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] as number;
        return isNumber[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [write(heads), write(widths.map((width) => '-'.repeat(width))), ...rows.map(write)].join('\n');
}

function text(cell: string | number | undefined): string {
  return typeof cell === 'number' ? round(cell) : (cell ?? '');
}
