/** HOST: what was examined, as lines for people. */
import { styleText } from 'node:util';
import type { Finding } from './check';
import type { Examined } from './examine';

type Status = Examined['status'];
type Style = Parameters<typeof styleText>[0];

/** Words instead of signs: they can be read in every console and every log. */
const WORDS: Readonly<Record<Status, readonly [word: string, style: Style]>> = {
  passed: ['ok', 'green'],
  fixed: ['fixed', 'green'],
  found: ['FOUND', 'red'],
  untold: ['unknown', 'yellow'],
  skipped: ['skipped', 'gray'],
};

const WIDTH = Math.max(...Object.values(WORDS).map(([word]) => word.length));
const INDENT = ' '.repeat(WIDTH + 4);

/** The lines of one check. */
export function linesOf(examined: Examined, isColoured: boolean): string[] {
  const { status, title } = examined;
  const [word, style] = WORDS[status];
  const shown = word.padEnd(WIDTH);
  const start = `  ${isColoured ? styleText(style, shown, { validateStream: false }) : shown}  `;
  if (examined.status === 'found') {
    return examined.findings.flatMap((finding) => linesOfFinding(start, finding));
  }
  return [start + title + (examined.detail === '' ? '' : `: ${inOneLine(examined.detail)}`)];
}

function linesOfFinding(start: string, { code, what, why, whatToDo, where, isFixable }: Finding): string[] {
  const todo = isFixable ? `${whatToDo}. desktop-flow doctor --fix does it` : whatToDo;
  const told = { 'Why:': why, 'Do:': todo, 'Where:': where };
  return [
    `${start}${inOneLine(what)} (${code})`,
    ...Object.entries(told).map(([label, text]) => `${INDENT}${label.padEnd(7)}${inOneLine(text)}`),
  ];
}

/** Servers answer in several lines. */
function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** The last line. */
export function summaryOf(examined: readonly Examined[], seconds: string): string {
  const count = (status: Status) => examined.filter((one) => one.status === status).length;
  const findings = findingsOf(examined).length;
  const untold = count('untold');
  const notTold = untold === 0 ? '' : `; ${untold} could not be told`;
  if (findings === 0)
    return `All is well: ${count('passed') + count('fixed')} checks in ${seconds} s${notTold}.`;
  const skipped = count('skipped');
  const waiting =
    skipped === 0 ? '' : `; ${skipped === 1 ? '1 check waits' : `${skipped} checks wait`} for that`;
  return `${findings === 1 ? '1 fault was' : `${findings} faults were`} found in ${seconds} s${waiting}${notTold}.`;
}

export function findingsOf(examined: readonly Examined[]): Finding[] {
  return examined.flatMap((one) => (one.status === 'found' ? one.findings : []));
}
