/** HOST, development only: makes the outputs of a run from the templates of its flow. */
import type { Flow } from '../setup/flows-file';

type Inputs = Record<string, unknown>;

export function inputsOf(text: string | undefined): Inputs {
  return text === undefined ? {} : JSON.parse(text);
}

/** Renders the content of the run's `outputs` file; undefined where the flow does not leave one. */
export function renderOutputs(flow: Flow, inputsText: string | undefined): Buffer | undefined {
  const inputs = inputsOf(inputsText);
  if (flow.result !== undefined) return Buffer.from(JSON.stringify(renderValue(flow.result, inputs)));
  if (flow.resultText !== undefined) return Buffer.from(insert(flow.resultText, inputs));
  if (flow.resultSize !== undefined) {
    const frame = JSON.stringify({ Blob: '' });
    return Buffer.from(JSON.stringify({ Blob: 'x'.repeat(flow.resultSize - frame.length) }));
  }
  return undefined;
}

export function renderValue(template: unknown, inputs: Inputs): unknown {
  if (typeof template === 'string') {
    const whole = /^\{\{inputs\.([^{}]+)\}\}$/.exec(template);
    return whole ? (read(inputs, whole[1] as string) ?? null) : insert(template, inputs);
  }
  if (Array.isArray(template)) return template.map((item) => renderValue(item, inputs));
  if (typeof template === 'object' && template !== null) {
    return Object.fromEntries(
      Object.entries(template).map(([key, value]) => [key, renderValue(value, inputs)]),
    );
  }
  return template;
}

function insert(text: string, inputs: Inputs): string {
  return text.replace(/\{\{inputs\.([^{}]+)\}\}/g, (_, name: string) => {
    const value = read(inputs, name) ?? '';
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

function read(inputs: Inputs, name: string): unknown {
  return Object.hasOwn(inputs, name) ? inputs[name] : undefined;
}
