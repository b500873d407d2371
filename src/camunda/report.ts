/** HOST: the report of an import as lines of text. */
import type { ReportLine } from './facts';
import type { BpmnImport } from './import-bpmn';

const TITLES = {
  lost: 'has no counterpart',
  check: 'look at this',
  mapped: 'is in the call',
  covered: 'the run does it by itself',
} as const;

/** @param all with what needs no look. */
export function writeReport({ calls, report }: BpmnImport, all: boolean): string {
  const told = all ? report : report.filter(({ fate }) => fate === 'check' || fate === 'lost');
  const byElement = new Map<string, ReportLine[]>();
  for (const line of told) byElement.set(line.element, [...(byElement.get(line.element) ?? []), line]);
  const texts = [...byElement].flatMap(([element, lines]) => [
    `${element}${lines[0] && lines[0].name !== element ? ` (${oneLine(lines[0].name)})` : ''}`,
    ...lines.map(({ what, fate, text }) => `  ${oneLine(what)}: ${TITLES[fate]}: ${oneLine(text)}`),
  ]);
  const quiet = report.length - told.length;
  const hidden = quiet === 0 ? [] : [`${quiet} more lines say what is mapped or needs no field.`];
  return [
    `${calls.length} ${calls.length === 1 ? 'call' : 'calls'} of RunDesktopFlow.`,
    ...texts,
    ...hidden,
    '',
  ].join('\n');
}

/** Texts of a file may hold anything, also what a terminal obeys. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ');
}
