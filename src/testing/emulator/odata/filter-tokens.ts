/** HOST, development only: splits the text of a filter into tokens. */
import { badQuery, type Refusal } from './answers';

export type TokenKind = 'guid' | 'datetime' | 'number' | 'string' | 'name' | 'alias' | 'sign' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** The text as written; a string without its quotes, and with doubled quotes made single. */
  readonly text: string;
  readonly at: number;
}

/** The order matters: a GUID may begin like a number, and a date does. */
const RULES: readonly (readonly [TokenKind | 'blank', RegExp])[] = [
  ['blank', /\s+/y],
  ['guid', /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])/iy],
  ['datetime', /\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?(?![\w-])/y],
  ['number', /-?\d+(?:\.\d+)?(?![\w.-])/y],
  ['string', /'(?:[^']|'')*'|"[^"]*"/y],
  ['name', /[A-Za-z_][\w.]*/y],
  ['alias', /@\w+/y],
  ['sign', /[(),=[\]]/y],
];

/** Reads a text token by token; anything that does not fit is a 400 that names the position. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #position = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  peek(): Token {
    return this.#tokens[this.#position] as Token;
  }

  next(): void {
    this.#position += 1;
  }

  skip(kind: TokenKind, text: string): boolean {
    const token = this.peek();
    const found = token.kind === kind && token.text === text;
    if (found) this.next();
    return found;
  }

  take(kind: TokenKind, text?: string): Token {
    const token = this.peek();
    if (token.kind !== kind || (text !== undefined && token.text !== text)) throw this.unexpected(token);
    this.next();
    return token;
  }

  unexpected(token: Token): Refusal {
    return badQuery(`Syntax error at position ${token.at} in '${this.#text}'.`);
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const [kind, written] = tokenAt(text, at);
    if (kind !== 'blank') tokens.push({ kind, text: kind === 'string' ? unquote(written) : written, at });
    at += written.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

function tokenAt(text: string, at: number): readonly [TokenKind | 'blank', string] {
  for (const [kind, rule] of RULES) {
    rule.lastIndex = at;
    const found = rule.exec(text);
    if (found) return [kind, found[0]];
  }
  throw badQuery(`Syntax error at position ${at} in '${text}'.`);
}

function unquote(written: string): string {
  const inner = written.slice(1, -1);
  return written.startsWith("'") ? inner.replaceAll("''", "'") : inner;
}
