/** Values that nobody expects, and small changes of values that are right: what a fuzzing target makes its cases of. */
import fc from 'fast-check';

/** Made of what it stands for only when it is used: it would fill the report of a failure. */
const LONG = 'x'.repeat(5_000);

/** Stands for JSON that is nested deeper than any stack: whatever walks through values would overflow, this one too. */
const DEEP = '@deeply nested@';

function nested(depth: number, open: 'list' | 'object'): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = open === 'list' ? [value] : { a: value };
  return value;
}

/** Texts that mean something to one of the layers that read them. */
export const oddTexts = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      ' ',
      '\0',
      '\uFEFF',
      '\uD800',
      'a\uDFFFb',
      '\r\nX-Injected: 1',
      '__proto__',
      'constructor',
      'toString',
    ],
    ...[
      'NaN',
      'Infinity',
      '-0',
      '1e400',
      '0x10',
      '1,2',
      ',',
      '0',
      '-1',
      'null',
      '[]',
      '{}',
      '{"a":1',
      '5s',
      '1e9 days',
    ],
    ...[
      '{{secrets.NAME}}',
      '{{secrets.',
      '{{ secrets.a.b-c }}',
      "' or 1 eq 1",
      '%ZZ',
      '%2e%2e/',
      '../..',
      'http://[',
      '//x',
    ],
    ...[
      'https://example.com',
      'https://a@b',
      'Bearer x',
      '<title>',
      '<script>',
      '\\u0041',
      '٣',
      'ﬀ',
      'İ',
      'ß',
      '2026-02-30',
    ],
    ...['9999-99-99T99:99:99Z', '+275760-09-13T00:00:00.001Z', 'Wed, 21 Oct 2099 07:28:00 GMT', 'x GMT'],
    LONG,
    DEEP,
    '<'.repeat(3_000),
    '<script '.repeat(600),
    '\\'.repeat(3_000),
    '9'.repeat(400),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 20 }),
);

const oddNumbers = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    -1,
    1,
    4,
    5,
    7,
    14,
    15,
    99,
    0.5,
    1e21,
    1e308,
    -1e308,
    2 ** 31,
    2 ** 53,
    Number.MAX_VALUE,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
);

/** As JSON can hold them, so without `undefined`; `__proto__` as a field of its own, as `JSON.parse` makes it. */
export const oddValues: fc.Arbitrary<unknown> = fc.oneof(
  oddTexts,
  oddNumbers,
  fc.constantFrom<unknown>(null, true, false),
  fc.jsonValue({ maxDepth: 3 }),
  fc
    .constantFrom(
      '{"toString":1,"valueOf":1}',
      '{"toJSON":1,"then":1,"length":1e9}',
      '{"__proto__":{"polluted":true}}',
      '{"constructor":{"prototype":{"polluted":true}}}',
      '[null]',
      '[[]]',
      '{"0":1,"length":1}',
    )
    .map((text) => JSON.parse(text)),
  fc
    .record({ depth: fc.constantFrom(3, 99, 150), open: fc.constantFrom('list', 'object') })
    .map(({ depth, open }) => nested(depth, open as 'list' | 'object')),
);

/** One change of a value of JSON: at which of its places, how, and to what. */
export interface Change {
  place: number;
  how: 'replace' | 'remove' | 'add' | 'rename' | 'repeat' | 'wrap';
  value: unknown;
  name: string;
}

export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    place: fc.nat(40),
    how: fc.constantFrom('replace', 'replace', 'remove', 'add', 'rename', 'repeat', 'wrap'),
    value: oddValues,
    name: fc.oneof(
      fc.constantFrom(
        '__proto__',
        'constructor',
        'flowSessionId',
        'FLOWSESSIONID',
        'value',
        'error',
        'code',
        'a',
      ),
      oddTexts,
    ),
  }),
  { maxLength: 4 },
);

type Holder = Record<string, unknown> | unknown[];

interface Place {
  holder: Holder;
  key: string;
}

/** Everything in it that may be changed, itself left out, as far as one cares to look. */
function placesIn(value: unknown, depth = 0): Place[] {
  if (typeof value !== 'object' || value === null || depth > 6) return [];
  return Object.keys(value)
    .slice(0, 60)
    .flatMap((key) => [
      { holder: value as Holder, key },
      ...placesIn((value as Record<string, unknown>)[key], depth + 1),
    ]);
}

function set(holder: Holder, key: string, value: unknown): void {
  // An assignment would set the prototype.
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}

/** The sample stays as it is. */
export function changed(sample: unknown, wanted: readonly Change[]): unknown {
  const root = { sample: JSON.parse(JSON.stringify(sample)) as unknown };
  for (const { place, how, value, name } of wanted) {
    const places = placesIn(root);
    const found = places[place % places.length];
    if (found === undefined) break;
    const { holder, key } = found;
    const old = (holder as Record<string, unknown>)[key];
    if (how === 'replace') set(holder, key, value);
    else if (how === 'wrap') set(holder, key, [old]);
    else if (how === 'add') {
      const isHolder = typeof old === 'object' && old !== null && !Array.isArray(old);
      if (isHolder || !Array.isArray(holder)) set(isHolder ? (old as Holder) : holder, name, value);
    } else if (how === 'repeat' && Array.isArray(holder)) holder.push(old);
    else if (holder !== root) {
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      if (how === 'rename' && !Array.isArray(holder)) set(holder, name, old);
    }
  }
  return root.sample;
}

/** Cuts, doubles and puts in pieces of a text. */
export const edits = fc.array(
  fc.record({ at: fc.nat(4_000), remove: fc.nat(12), insert: fc.oneof(fc.constant(''), oddTexts) }),
  { maxLength: 3 },
);

export function edited(
  text: string,
  wanted: readonly { at: number; remove: number; insert: string }[],
): string {
  return wanted.reduce((now, { at, remove, insert }) => {
    const from = at % (now.length + 1);
    return now.slice(0, from) + insert + now.slice(from + remove);
  }, text);
}

/** As a value, not as the name of a field. */
const DEEP_VALUE = new RegExp(`"${DEEP}"(?!:)`, 'g');

/** JSON as a text, and with what stands for it as deep as only a text can be. */
export function jsonOf(value: unknown): string {
  return (JSON.stringify(value) ?? '').replaceAll(DEEP_VALUE, '['.repeat(20_000) + ']'.repeat(20_000));
}
