/**
 * HOST: texts of Dataverse in source code. Anybody who may edit a flow chooses them, so nothing in them may end a comment or
 * a literal, start a tag or a directive, or make code look other than it is.
 */

/** Control characters, invisible ones (also those that turn the direction of text), line separators, halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;
const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

const MOST_LINES = 20;
const LONGEST_LINE = 300;

/** A literal with double quotes, whatever the text. */
export function literal(text: string): string {
  return escaped(JSON.stringify(text));
}

/** JSON in one line of a `//` comment: everything but ASCII is escaped, so that no editor and no encoding changes it. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[^\x20-\x7e]/g, codeUnit);
}

/** A property by its exact name. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
}

/** The lines of a doc comment; none for a text of blanks alone. */
export function commentLines(text: string): string[] {
  const lines = text.split(LINE_ENDS).map((line) => line.trim());
  const filled = lines.filter((line, index) => line !== '' || (index > 0 && lines[index - 1] !== ''));
  while (filled.at(-1) === '') filled.pop();
  const shown = filled.slice(0, MOST_LINES).map(commentLine);
  return filled.length > MOST_LINES ? [...shown, '…'] : shown;
}

function commentLine(line: string): string {
  const [...characters] = line;
  const cut = characters.length > LONGEST_LINE ? `${characters.slice(0, LONGEST_LINE).join('')}…` : line;
  return escaped(cut.replaceAll('\t', ' '))
    .replaceAll('*/', '*\\/')
    .replaceAll(/^@|(?<=\s)@/g, '\\@');
}

/** @param lines safe ones. */
export function docComment(lines: readonly string[], indent = ''): string {
  if (lines.length === 0) return '';
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  const body = lines.map((line) => `${indent} * ${line}`.trimEnd());
  return `${indent}/**\n${body.join('\n')}\n${indent} */\n`;
}

function escaped(text: string): string {
  return text.replaceAll(UNSEEN, (character) => character.split('').map(codeUnit).join(''));
}

function codeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
