/** SHARED: may run anywhere. Removes secrets from a text that others wrote. */

/** A shorter secret is removed only where it stands alone: elsewhere it is a part of a word. */
const SHORTEST_IN_WORDS = 4;

/** For many texts: the patterns are built once. */
export function scrubber(secrets: readonly string[]): (text: string) => string {
  const patterns = [...new Set(secrets.map((secret) => secret.trim()))]
    .filter((secret) => secret !== '')
    // The longest first: one secret may be a part of another.
    .toSorted((one, other) => other.length - one.length)
    .map(patternOf);
  return (text) => patterns.reduce(cut, text);
}

export function scrub(text: string, secrets: readonly string[]): string {
  return scrubber(secrets)(text);
}

/** The beginning of a secret, and the pieces that follow it where it is long. */
interface Pattern {
  first: RegExp;
  more: readonly RegExp[];
}

/** In characters. An engine refuses an expression that is too long, and shows it in its error. */
const LONGEST_PIECE = 500;

/** Matches the secret as it is, and as JSON, a URL, a form or a page writes it. */
function patternOf(secret: string): Pattern {
  const parts = secret.match(/\\{1,50}|[^\\]/gu) ?? [];
  const pieces: string[] = [];
  for (let start = 0; start < parts.length; start += LONGEST_PIECE) {
    const piece = parts.slice(start, start + LONGEST_PIECE);
    pieces.push(piece.map((part) => `(?:${spellingsOf(part).join('|')})`).join(''));
  }
  const [first = '', ...more] = pieces;
  const isShort = secret.length < SHORTEST_IN_WORDS;
  return {
    first: new RegExp(isShort ? `(?<![a-z0-9])${first}(?![a-z0-9])` : first, 'gi'),
    more: more.map((piece) => new RegExp(piece, 'yi')),
  };
}

function cut(text: string, { first, more }: Pattern): string {
  let kept = '';
  let from = 0;
  first.lastIndex = 0;
  for (let match = first.exec(text); match !== null; match = first.exec(text)) {
    kept += `${text.slice(from, match.index)}[redacted]`;
    from = first.lastIndex;
    for (const piece of more) {
      piece.lastIndex = from;
      if (!piece.test(text)) break;
      from = piece.lastIndex;
    }
    first.lastIndex = from;
  }
  return kept + text.slice(from);
}

/**
 * Each time that a text of JSON stands in another, backslashes double. Inputs do so in a request, which may itself be
 * repeated in an error: a backslash is up to 8 then, and a quote has up to 7 before it.
 */
const MOST_BACKSLASHES = 8;

/** By the character, the letter with which JSON escapes it. */
const LETTERS: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f' };

const ENTITIES: Readonly<Record<string, string>> = {
  '"': 'quot',
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  "'": 'apos',
};

/** @param part one character, or some backslashes, because nobody can tell where the escape of one ends. */
function spellingsOf(part: string): string[] {
  if (/^[a-z0-9]$/i.test(part)) return [part];
  const character = part.startsWith('\\') ? '\\' : part;
  const times = `{${part.length / character.length}}`;
  const code = character.codePointAt(0) ?? 0;
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  const inUtf16 = units.map((unit) => escaped(`u${hex(unit, 4)}`)).join('');
  const inUtf8 = [...new TextEncoder().encode(character)].map((byte) => `%${hex(byte, 2)}`).join('');
  // As it is comes last: it is the beginning of some of the others.
  return [
    `(?:${inUtf16})${times}`,
    `(?:${inUtf8})${times}`,
    `(?:&#0{0,4}${code};)${times}`,
    `(?:&#x0{0,4}${code.toString(16)};)${times}`,
    ...(LETTERS[character] ? [escaped(LETTERS[character])] : []),
    ...(ENTITIES[character] ? [`&${ENTITIES[character]};`] : []),
    ...(character === ' ' ? ['\\+'] : []),
    character === '\\'
      ? `\\\\{${part.length},${part.length * MOST_BACKSLASHES}}`
      : `\\\\{0,${MOST_BACKSLASHES - 1}}${literally(character)}`,
  ];
}

function escaped(letters: string): string {
  return `\\\\{1,${MOST_BACKSLASHES}}${letters}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
