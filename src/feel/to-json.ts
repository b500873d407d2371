/** HOST: a value of FEEL as JSON. Dates, times and durations become texts as FEEL's `string` writes them. */
import { FeelError, type Feelin } from './interpreter';

/** @throws FeelError for what has no form in JSON. */
export function toJson(value: unknown, feelin: Feelin): unknown {
  // FEEL has null alone; feelin also has these.
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return null;
  if (typeof value === 'function' || feelin.isFunction(value)) throw noJson('a function');
  if (feelin.isRange(value)) throw noJson('a range');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => toJson(element, feelin));
  // No value of JSON has a function in it: this is one of feelin's own.
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toJson(entry, feelin)]));
}

function noJson(what: string): FeelError {
  return new FeelError(`gives ${what}, which is no JSON`);
}
