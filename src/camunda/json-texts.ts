/**
 * HOST: JSON that a process puts together from texts, such as `"{\"Invoice\": \"" + number + "\"}"`, as the object that it
 * is, with the expressions in their places.
 */
import { type Feel, literalOf } from './feel';
import { feelOf, isText, resolve } from './feel-values';

/** Stands for an expression in the JSON: the characters are for private use, and in no text of a process. */
const MARK = '\uE000';
const MARKED = new RegExp(`${MARK}(b?)(\\d+)${MARK}`);

/** Undefined where it is not certain what comes of it. */
export function objectOf(feel: Feel): Feel | undefined {
  if (feel.kind === 'context') return feel;
  if (feel.kind === 'call' && ['string', 'to json'].includes(feel.name)) {
    const [argument] = feel.args;
    return argument?.kind === 'context' ? argument : undefined;
  }
  if (!isText(feel)) return undefined;
  const parts = feel.kind === 'sum' ? feel.parts : [feel];
  if (parts.some((part) => part.kind === 'literal' && String(part.value).includes(MARK))) return undefined;
  try {
    const json: unknown = JSON.parse(marked(parts));
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
    return isObject ? unmarked(feelOf(json), parts) : undefined;
  } catch {
    return undefined;
  }
}

/** JavaScript rounds long numbers, and writes 1.0 as 1: such a text stays a text. */
export function losesNumbers(json: string): boolean {
  const withoutTexts = json.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  const numbers = withoutTexts.match(/-?\d[\d.eE+-]*/g) ?? [];
  return numbers.some((number) => JSON.stringify(Number(number)) !== number);
}

/** Beside a text the expression is part of it; elsewhere it is a value by itself. */
function marked(parts: readonly Feel[]): string {
  let json = '';
  let isInText = false;
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'literal') {
      const text = String(part.value);
      const quotes = text.replaceAll(/\\./gs, '').match(/"/g)?.length ?? 0;
      if (quotes % 2 === 1) isInText = !isInText;
      json += text;
    } else json += isInText ? `${MARK}${index}${MARK}` : `"${MARK}b${index}${MARK}"`;
  }
  return json;
}

function unmarked(feel: Feel, parts: readonly Feel[]): Feel {
  if (feel.kind === 'list') return { kind: 'list', items: feel.items.map((item) => unmarked(item, parts)) };
  if (feel.kind === 'context') {
    if (feel.entries.some(([name]) => name.includes(MARK))) throw new SyntaxError('a name is an expression');
    return { kind: 'context', entries: feel.entries.map(([name, value]) => [name, unmarked(value, parts)]) };
  }
  if (feel.kind !== 'literal' || typeof feel.value !== 'string') return feel;
  const pieces = feel.value.split(MARKED);
  if (pieces.length === 1) return feel;
  const bare = pieces.length === 4 && pieces[1] === 'b' ? parts[Number(pieces[2])] : undefined;
  if (bare) return bareValue(bare);
  // Of three: a text, a kind, the number of an expression.
  const texts = pieces.flatMap((piece, index): Feel[] => {
    if (index % 3 === 1) return [];
    const part = index % 3 === 2 ? parts[Number(piece)] : literalOf(piece);
    return part && !(part.kind === 'literal' && part.value === '') ? [asText(part)] : [];
  });
  const [only] = texts;
  return texts.length === 1 && only ? only : resolve({ kind: 'sum', parts: texts }, new Map());
}

/** `string(amount)` outside of quotes writes a number. */
function bareValue(feel: Feel): Feel {
  const isWritten = feel.kind === 'call' && ['string', 'to json'].includes(feel.name);
  return isWritten && feel.args[0] ? feel.args[0] : feel;
}

function asText(feel: Feel): Feel {
  return isText(feel) ? feel : { kind: 'call', name: 'string', args: [feel] };
}
