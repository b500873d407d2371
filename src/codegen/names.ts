/** HOST: the names of types and functions, made from the name of a flow, which may be any text. */

export interface FlowNames {
  /** Begins the names of types: `EnterInvoice`. */
  type: string;
  /** Begins the names of functions and values: `enterInvoice`. */
  value: string;
}

const FALLBACK = 'DesktopFlow';
const LONGEST = 60;

/** Letters of all scripts, without those outside the basic plane, which not every compiler knows. */
const WORDS = /[\p{L}\p{Nl}\p{Nd}_]+/gu;
const OUTSIDE = /[\u{10000}-\u{10ffff}]/gu;

/** What comes of it begins longer names, so that it may be a keyword. */
export function namesFor(flowName: string): FlowNames {
  const words = flowName.replaceAll(OUTSIDE, ' ').match(WORDS) ?? [];
  const joined = words.map(upperFirst).join('').slice(0, LONGEST) || FALLBACK;
  const type = /^[\p{L}\p{Nl}_]/u.test(joined) ? joined : `Flow${joined}`;
  return { type, value: lowerFirst(type) };
}

/** Whether it can be a name as it is. */
export function isTypeName(text: string): boolean {
  return text.length <= LONGEST && /^[\p{L}_][\p{L}\p{Nl}\p{Nd}_]*$/u.test(text) && text.search(OUTSIDE) < 0;
}

function upperFirst(word: string): string {
  const [first = '', ...rest] = word;
  return first.toUpperCase() + rest.join('');
}

/** `SAPExport` becomes `sapExport`. */
function lowerFirst(name: string): string {
  return name.replace(/^\p{Lu}+(?=\p{Lu}\p{Ll})|^\p{Lu}+/u, (capitals) => capitals.toLowerCase());
}
