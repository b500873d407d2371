/**
 * Runs connector tasks as Camunda does: evaluates their inputs with feelin, sends the request that they describe, and
 * evaluates what they make of the answer. It shares nothing with the importer but the reader of BPMN.
 */
import { evaluate } from 'feelin';
import { extensionsOf, type Node, nodesIn, readBpmn } from '../../src/camunda/moddle';

export type Values = Record<string, unknown>;

export interface OriginalTasks {
  trigger?: string;
  /** A call activity that hands variables to the process with the next two, and takes some back. */
  call?: string;
  status?: string;
  outputs: string;
}

export interface OriginalRun {
  /** The bodies of the requests that start a robot. */
  bodies: Values[];
  /** The process variables at the end. */
  variables: Values;
  outputs: unknown;
}

const FINAL_STATUSES = [4, 5, 7, 8, 9, 10, 11, 12, 13, 14];

export async function runOriginal(
  xml: string,
  tasks: OriginalTasks,
  secrets: Values,
  token: string,
  before: Values,
): Promise<OriginalRun> {
  const { root } = await readBpmn(xml);
  const elements = new Map(allElements(root).map((node) => [String(node.id), node]));
  const bodies: Values[] = [];
  let outputs: unknown;
  const step = async (id: string, variables: Values): Promise<Values> => {
    const node = elements.get(id);
    if (!node) throw new Error(`no element ${id}`);
    const inputs = inputsOf(node, variables);
    const request = withSecrets(inputs, secrets) as Values;
    if (request.body) bodies.push(request.body as Values);
    const response = await send(asDataverseReads(request), token);
    if (id === tasks.outputs) outputs = response.body;
    return after(node, { ...variables, ...inputs }, response, variables);
  };
  let variables = before;
  if (tasks.trigger) variables = await step(tasks.trigger, variables);
  const call = tasks.call === undefined ? undefined : elements.get(tasks.call);
  const outside = variables;
  if (call) variables = inputsOf(call, variables);
  if (tasks.status) await untilFinal(tasks.status, elements, secrets, token, variables);
  if (tasks.status) variables = await step(tasks.status, variables);
  variables = await step(tasks.outputs, variables);
  if (call) variables = { ...outside, ...outputsOf(call, variables) };
  return { bodies, variables, outputs };
}

async function untilFinal(
  id: string,
  elements: ReadonlyMap<string, Node>,
  secrets: Values,
  token: string,
  variables: Values,
): Promise<void> {
  const request = withSecrets(inputsOf(elements.get(id) as Node, variables), secrets) as Values;
  for (;;) {
    const { body } = await send(request, token);
    if (FINAL_STATUSES.includes((body as { statuscode: number }).statuscode)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function allElements(node: Node): Node[] {
  const inner = [...nodesIn(node.rootElements), ...nodesIn(node.flowElements)];
  return inner.flatMap((one) => [one, ...allElements(one)]);
}

const FUNCTIONS = { 'to json': (value: unknown) => JSON.stringify(value) };

function value(source: string, scope: Values): unknown {
  return source.startsWith('=')
    ? evaluate(source.slice(1), { ...FUNCTIONS, ...scope }, 'camunda').value
    : source;
}

/** Each sees those before it. */
function inputsOf(node: Node, variables: Values): Values {
  const inputs: Values = {};
  for (const mapping of extensionsOf(node, 'zeebe:IoMapping').flatMap((one) =>
    nodesIn(one.inputParameters),
  )) {
    const path = String(mapping.target).split('.');
    let target = inputs;
    for (const name of path.slice(0, -1)) {
      target[name] ??= {};
      target = target[name] as Values;
    }
    target[path.at(-1) as string] = value(String(mapping.source ?? ''), { ...variables, ...inputs });
  }
  return inputs;
}

function outputsOf(node: Node, scope: Values): Values {
  const mappings = extensionsOf(node, 'zeebe:IoMapping').flatMap((one) => nodesIn(one.outputParameters));
  return Object.fromEntries(mappings.map((one) => [one.target, value(String(one.source), scope)]));
}

function after(node: Node, scope: Values, response: Values, variables: Values): Values {
  const headers = extensionsOf(node, 'zeebe:TaskHeaders').flatMap((one) => nodesIn(one.values));
  const header = (key: string) => headers.find((one) => one.key === key)?.value as string | undefined;
  const [variable, expression] = [header('resultVariable'), header('resultExpression')];
  const made = {
    ...(variable ? { [variable]: response } : {}),
    ...(expression ? (value(expression, { ...scope, response }) as Values) : {}),
  };
  const mapped = outputsOf(node, { ...scope, ...made });
  return { ...variables, ...(Object.keys(mapped).length > 0 ? mapped : made) };
}

function withSecrets(one: unknown, secrets: Values): unknown {
  if (Array.isArray(one)) return one.map((item) => withSecrets(item, secrets));
  if (typeof one === 'object' && one !== null) {
    return Object.fromEntries(
      Object.entries(one).map(([name, inner]) => [name, withSecrets(inner, secrets)]),
    );
  }
  if (typeof one !== 'string') return one;
  const known = (_: string, name: string) => String(secrets[name.trim()]);
  return one.replaceAll(/\{\{\s*secrets\.(\S+?)\s*\}\}/g, known).replaceAll(/secrets\.(\w+)/g, known);
}

/** The template sends these numbers as texts, which Dataverse reads as numbers, and the emulator does not. */
const NUMBERS = ['connectionType', 'timeout'];

function asDataverseReads(request: Values): Values {
  if (request.body === undefined) return request;
  const fields = Object.entries(request.body as Values);
  const read = fields.map(([name, one]) => [name, NUMBERS.includes(name) ? Number(one) : one]);
  return { ...request, body: Object.fromEntries(read) };
}

async function send({ method, url, body }: Values, token: string): Promise<Values> {
  const response = await fetch(String(url), {
    method: String(method).toUpperCase(),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${String(method)} ${String(url)} answered ${response.status}: ${text}`);
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}
