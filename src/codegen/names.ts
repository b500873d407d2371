/** HOST: the names of types and functions, made from the name of a flow, which may be any text. */

export interface FlowNames {
  /** Begins the names of types: `EnterInvoice`. */
  type: string;
  /** Begins the names of functions and values: `enterInvoice`. */
  value: string;
}

const FALLBACK = 'DesktopFlow';
const LONGEST = 60;

/** Letters of all scripts, but for those that not every compiler takes. */
const WORDS = /[\p{L}\p{Nl}\p{Nd}_]+/gu;

/**
 * Outside the basic plane, of Unicode 16 and 17, and U+2E2F, which is a letter and may be in no identifier. The test finds those
 * of a later Unicode.
 */
const NOT_EVERYWHERE =
  /[\u{10000}-\u{10ffff}\u088f\u0c5c\u0cdc\u1c89\u1c8a\u2e2f\ua7cb-\ua7cf\ua7d2\ua7d4\ua7da-\ua7dc\ua7f1]/gu;

/** What comes of it begins longer names, so that it may be a keyword. */
export function namesFor(flowName: string): FlowNames {
  const words = flowName.replaceAll(NOT_EVERYWHERE, ' ').match(WORDS) ?? [];
  const joined = words.map(upperFirst).join('').slice(0, LONGEST) || FALLBACK;
  const type = /^[\p{L}\p{Nl}_]/u.test(joined) ? joined : `Flow${joined}`;
  return { type, value: lowerFirst(type) };
}

/** Whether it can be a name as it is. */
export function isTypeName(text: string): boolean {
  return (
    text.length <= LONGEST && /^[\p{L}_][\p{L}\p{Nl}\p{Nd}_]*$/u.test(text) && text.search(NOT_EVERYWHERE) < 0
  );
}

function upperFirst(word: string): string {
  const [first = '', ...rest] = word;
  const upper = first.toUpperCase();
  return (upper.search(NOT_EVERYWHERE) < 0 ? upper : first) + rest.join('');
}

/** `SAPExport` becomes `sapExport`. */
function lowerFirst(name: string): string {
  return name.replace(/^\p{Lu}+(?=\p{Lu}\p{Ll})|^\p{Lu}+/u, (capitals) => capitals.toLowerCase());
}
