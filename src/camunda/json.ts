/** HOST: the imported calls as JSON: inputs, and beside them the expressions that somebody has to evaluate. */
import type { Feel } from './feel';
import { constantOf, type Json, printed } from './feel-values';
import type { BpmnImport, ImportedCall } from './import-bpmn';

export function writeJson({ calls, report }: BpmnImport): string {
  return `${JSON.stringify({ calls: calls.map(callOf), report }, null, 2)}\n`;
}

function callOf({ title, process, tasks, fields, variables, failures, list }: ImportedCall) {
  const expressions: Record<string, string> = {};
  const input = Object.fromEntries(
    [...fields].flatMap(([name, feel]) => {
      const value = constantPart(name, feel, expressions);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const results = Object.fromEntries([...variables].map(([name, feel]) => [name, `=${printed(feel)}`]));
  return {
    name: title,
    process,
    tasks,
    input,
    expressions,
    results,
    failures: Object.fromEntries(failures),
    ...(list && { list }),
  };
}

/** What is constant of a field; the rest goes to the expressions, by its path. */
function constantPart(path: string, feel: Feel, expressions: Record<string, string>): Json | undefined {
  const constant = constantOf(feel);
  if (constant !== undefined) return constant;
  if (feel.kind !== 'context') {
    expressions[path] = `=${printed(feel)}`;
    return undefined;
  }
  const entries = feel.entries.flatMap(([name, value]) => {
    const part = constantPart(`${path}.${name}`, value, expressions);
    return part === undefined ? [] : [[name, part] as const];
  });
  return Object.fromEntries(entries);
}
