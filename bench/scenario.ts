/** HOST, development only: what a scenario is, and what it tells. */

export interface Context {
  /** Smaller sizes, to see whether the bench itself works. */
  isQuick: boolean;
  /** Every cell of the grid at its real length, however long that takes. */
  isFull: boolean;
  /** Of a scenario with many cells only those whose label begins so. */
  cells?: string;
  /** What was published of this scenario before, where it is to stay. */
  kept?: unknown;
  /** Of the sources. */
  commit?: string;
  /** Says what is being done; each text takes the place of the one before. */
  progress(text: string): void;
}

export interface Scenario {
  name: string;
  /** One line for --help. */
  title: string;
  run(context: Context): Promise<Outcome>;
}

/** Cells of a line by the head of their column; numbers are printed with three digits that count. */
export type Line = Record<string, string | number>;

export interface Goal {
  text: string;
  measured: string;
  holds: boolean;
}

export interface Outcome {
  lines: Line[];
  goals: Goal[];
  /** What the numbers cannot say: limits that were raised, time that was divided, cells that were left out. */
  notes: string[];
  /** Everything that was measured, for the JSON file. */
  data: unknown;
}

export function goal(text: string, measured: string | number, holds: boolean): Goal {
  return { text, measured: typeof measured === 'number' ? round(measured) : measured, holds };
}

/** Three digits that count, and no more. */
export function round(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}
