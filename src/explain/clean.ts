/**
 * HOST: what others wrote, made fit for an explanation: without secrets, and short. Cleaned first and shortened then, because
 * half of a secret cannot be told from other words.
 */
import { isPlainObject } from '../common/schema/parse';

export type Clean = (text: string) => string;

const REDACTED = '[redacted]';

/** A field by such a name is not shown, whatever is in it: an action's inputs are in its entry. */
const SECRET_NAME =
  /^pass$|pass(word|wd|phrase|code)|pwd|secret|token|credential|authori[sz]ation|api_?-?key/i;

/** What authenticates, whoever's it is: a header's value, a JSON Web Token. */
const SECRET_TEXT = /\b(bearer|basic)\s+[\w.~+/=-]{8,}|\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/gi;

const LONGEST_VALUE = 500;
const MOST_FIELDS = 40;
const DEEPEST = 6;

/** @param known cuts out the secrets that are known. */
export function cleaner(known: Clean): Clean {
  return (text) => known(text).replace(SECRET_TEXT, REDACTED);
}

export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** A text of Dataverse's; undefined where there is none. */
export function cleanText(
  value: string | null | undefined,
  clean: Clean,
  length: number,
): string | undefined {
  const text = value && clean(value).trim();
  return text ? shortened(text, length) : undefined;
}

/** The fields of an entry: all of them, up to a number, each short. */
export function cleanFields(fields: Record<string, unknown>, clean: Clean): Record<string, unknown> {
  const shown = Object.entries(fields).slice(0, MOST_FIELDS);
  return Object.fromEntries(
    shown.map(([name, value]) => [shortened(clean(name), 100), cleanField(name, value, clean)]),
  );
}

function cleanField(name: string, value: unknown, clean: Clean): unknown {
  const cleaned = cleanValue(name, value, clean, 0);
  if (typeof cleaned === 'string') return shortened(cleaned, LONGEST_VALUE);
  const json = JSON.stringify(cleaned) ?? 'null';
  return json.length <= LONGEST_VALUE ? cleaned : shortened(json, LONGEST_VALUE);
}

function cleanValue(name: string, value: unknown, clean: Clean, depth: number): unknown {
  if (value !== null && value !== '' && SECRET_NAME.test(name)) return REDACTED;
  if (typeof value === 'string') return clean(value);
  if (depth >= DEEPEST) return typeof value === 'object' && value !== null ? '…' : value;
  if (Array.isArray(value)) return value.map((item) => cleanValue('', item, clean, depth + 1));
  if (!isPlainObject(value)) return value;
  // An entry may name what it holds in a field of its own: { "name": "Password", "value": ... }.
  const isNamedSecret = [value.name, value.key].some(
    (text) => typeof text === 'string' && SECRET_NAME.test(text),
  );
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const isItsValue = isNamedSecret && /value/i.test(key);
      return [clean(key), isItsValue ? REDACTED : cleanValue(key, item, clean, depth + 1)];
    }),
  );
}
