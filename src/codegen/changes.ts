/** HOST: what has changed between two states of a flow's schemas, a line each. */
import type { CanonicalSchemas } from '../schemas/fingerprint';
import { literal } from './texts';

type Entries = readonly (readonly [name: string, type: string, isRequired?: boolean])[];

export function changesBetween(before: CanonicalSchemas, now: CanonicalSchemas): string[] {
  return [
    ...changesOf('input', before.inputs, now.inputs),
    ...changesOf('output', before.outputs, now.outputs),
  ];
}

function changesOf(kind: 'input' | 'output', before: Entries, now: Entries): string[] {
  const old = new Map(before.map((entry) => [entry[0], entry]));
  const current = new Map(now.map((entry) => [entry[0], entry]));
  const removed = before.filter(([name]) => !current.has(name));
  const added = now.filter(([name]) => !old.has(name));
  const kept = now.flatMap(([name, type, isRequired]) => {
    const [, oldType, wasRequired] = old.get(name) ?? [name, type, isRequired];
    const what = `${kind} ${literal(name)}`;
    return [
      ...(type === oldType ? [] : [`retyped ${what}: ${shown(oldType)} became ${shown(type)}`]),
      ...(isRequired === wasRequired ? [] : [`${what} is ${isRequired ? 'required' : 'optional'} now`]),
    ];
  });
  return [
    ...removed.map(([name]) => `removed ${kind} ${literal(name)}`),
    ...added.map(([name, type, isRequired]) => {
      const required = isRequired ? ', required' : '';
      return `added ${kind} ${literal(name)} (${shown(type)}${required})`;
    }),
    ...kept,
  ];
}

/** A type is a word as a rule. */
function shown(type: string): string {
  return /^[\w.-]{1,100}$/.test(type) ? type : literal(type);
}
