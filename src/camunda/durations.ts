/** HOST: durations of BPMN, in ISO 8601, as Temporal writes them. */

const ISO = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const UNITS_MS = [604_800_000, 86_400_000, 3_600_000, 60_000, 1000];

/** Milliseconds; undefined for anything that has months or years, or is no duration. */
export function isoDurationMs(text: string): number | undefined {
  const match = ISO.exec(text.trim());
  if (!match || match[0] === 'P' || match[0].endsWith('T')) return undefined;
  const parts = match.slice(1).map((part, index) => Number(part ?? 0) * (UNITS_MS[index] ?? 0));
  return parts.reduce((all, part) => all + part, 0);
}

const WRITTEN: [string, number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** `90m`, `30s`. */
export function writtenDuration(ms: number): string {
  const [unit, size] = WRITTEN.find(([, one]) => ms >= one && ms % one === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}
