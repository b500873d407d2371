/** HOST: the imported calls as a TypeScript module for workflow code. */
import { type FlowNames, namesFor } from '../codegen/names';
import { commentLines, docComment, literal } from '../codegen/texts';
import type { Feel } from './feel';
import { printed } from './feel-values';
import type { BpmnImport, ImportedCall } from './import-bpmn';
import { type Expected, expectedOf, type Kept, keptIn, keyOf, memberAccess, translate } from './translation';

const TYPES: Record<Expected, string> = {
  text: 'string',
  number: 'number',
  runMode: "'attended' | 'unattended'",
  inputs: 'Record<string, unknown> | string',
  any: 'unknown',
};

/** @param source the name of the file, for the first comment. */
export function writeTypeScript({ calls }: BpmnImport, source: string): string {
  const [file = 'a BPMN file'] = commentLines(source);
  const head = docComment([
    `Robots of ${file}, written by \`desktop-flow import-bpmn\`.`,
    'For workflow code. What is not in it is in the report of the command.',
  ]);
  const imports = "import * as workflow from 'temporal-power-automate/workflow';\n";
  const taken = new Set<string>();
  return [`${head}${imports}`, ...calls.map((call) => callText(call, namesOf(call, taken)))].join('\n');
}

function namesOf({ title }: ImportedCall, taken: Set<string>): FlowNames {
  const { type } = namesFor(title);
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? type : `${type}${n}`;
    const names = { type: name, value: namesFor(name).value };
    const made = [
      `${names.value}Input`,
      `${names.value}Results`,
      `${names.value}Failures`,
      `execute${name}`,
      `execute${name}ForEach`,
      `${name}Variables`,
    ];
    if (made.some((one) => taken.has(one.toLowerCase()))) continue;
    for (const one of made) taken.add(one.toLowerCase());
    return names;
  }
}

function callText(call: ImportedCall, names: FlowNames): string {
  const variables = new Variables();
  const input = inputText(call, variables);
  const results = resultsText(call, names, variables);
  return [
    variables.declaration(names),
    inputFunction(call, names, variables, input),
    executeFunction(names, variables),
    listFunction(call, names, variables),
    results,
    failuresText(call, names),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** The process variables that the expressions of a call read, and what is left to the caller. */
class Variables {
  readonly #root: Branch = { children: new Map(), type: 'unknown', lines: [] };

  get isEmpty(): boolean {
    return this.#root.children.size === 0;
  }

  /** Whether the call reads a process variable, itself or a part of it. */
  reads(name: string): boolean {
    return this.#root.children.has(name);
  }

  readonly read = (path: readonly string[], expected: Expected): string => {
    let branch = this.#root;
    for (const name of path) branch = childOf(branch, name);
    if (branch.type === 'unknown' && expected !== 'inputs' && expected !== 'runMode')
      branch.type = TYPES[expected];
    const access = path.map(memberAccess).join('');
    const isCast = expected === 'inputs' || expected === 'runMode';
    return isCast ? `(variables${access} as ${TYPES[expected]})` : `variables${access}`;
  };

  /** An expression that the caller evaluates. */
  keep({ path, feel, expected }: Kept): string {
    const joined = path.map((part, index) => (index === 0 ? part : namesFor(part).type)).join('');
    let name = joined;
    for (let n = 2; this.#root.children.has(name); n += 1) name = `${joined}${n}`;
    const branch = childOf(this.#root, name);
    branch.type = TYPES[expected];
    const source = printed(feel);
    branch.lines = [
      `The field ${commentLines(path.join('.'))[0] ?? ''}${source === '' ? '.' : ', in the process the FEEL expression:'}`,
      ...commentLines(source),
    ];
    return `variables${memberAccess(name)}`;
  }

  declaration({ type }: FlowNames): string {
    if (this.isEmpty) return '';
    const comment = docComment([
      'The variables of the process that the call reads, and values that it computed.',
    ]);
    return `${comment}export interface ${type}Variables {\n${members(this.#root, '  ')}}\n`;
  }
}

interface Branch {
  children: Map<string, Branch>;
  type: string;
  lines: string[];
}

function childOf({ children }: Branch, name: string): Branch {
  const child = children.get(name) ?? { children: new Map(), type: 'unknown', lines: [] };
  children.set(name, child);
  return child;
}

function members({ children }: Branch, indent: string): string {
  const texts = [...children].map(([name, child]) => {
    const type = child.children.size === 0 ? child.type : `{\n${members(child, `${indent}  `)}${indent}}`;
    return `${docComment(child.lines, indent)}${indent}${keyOf(name)}: ${type};\n`;
  });
  return texts.join('');
}

function inputText({ fields }: ImportedCall, variables: Variables): string {
  const lines = [...fields].map(([name, feel]) => {
    const kept = new Map(keptIn(name, feel).map((one) => [one.feel, one]));
    return `    ${name}: ${valueText(feel, expectedOf(name), kept, variables, '    ')},\n`;
  });
  return lines.join('');
}

function valueText(
  feel: Feel,
  expected: Expected,
  kept: ReadonlyMap<Feel, Kept>,
  variables: Variables,
  indent: string,
): string {
  const left = kept.get(feel);
  if (left) return variables.keep(left);
  if (feel.kind === 'context' && feel.entries.length > 0) {
    const entries = feel.entries.map(
      ([name, value]) =>
        `${indent}  ${keyOf(name)}: ${valueText(value, 'any', kept, variables, `${indent}  `)},\n`,
    );
    return `{\n${entries.join('')}${indent}}`;
  }
  return translate(feel, expected, variables.read) ?? 'null';
}

function inputFunction(
  { fields, tasks, process }: ImportedCall,
  { type, value }: FlowNames,
  variables: Variables,
  input: string,
): string {
  const [ids = ''] = commentLines(tasks.map(({ id, operation }) => `${id} (${operation})`).join(', '));
  const [name = ''] = commentLines(process);
  const kind = fields.has('flowSessionId') ? 'AdoptFlowRunInput' : 'RunDesktopFlowInput';
  const parameter = variables.isEmpty ? '' : `variables: ${type}Variables`;
  return `${docComment([`The input of one run, for the tasks of process ${name}: ${ids}.`])}export function ${value}Input(${parameter}): workflow.${kind} {
  return {
${input}  };
}
`;
}

function executeFunction({ type, value }: FlowNames, variables: Variables): string {
  const parameter = variables.isEmpty ? '' : `variables: ${type}Variables, `;
  const argument = variables.isEmpty ? '' : 'variables';
  return `/**
 * Runs the robot as a child workflow, and waits for its end.
 * @throws ChildWorkflowFailure, whose cause is an ApplicationFailure with a type of \`failureTypes\`.
 */
export function execute${type}(${parameter}options?: workflow.ExecuteDesktopFlowOptions): Promise<workflow.RunDesktopFlowResult> {
  return workflow.executeDesktopFlow(${value}Input(${argument}), options);
}
`;
}

function listFunction({ list }: ImportedCall, { type }: FlowNames, variables: Variables): string {
  if (list === undefined) return '';
  const { inputCollection, inputElement = '', isSequential } = list;
  const reads = variables.reads(inputElement);
  const all = `${type}Variables`;
  const key = literal(inputElement);
  const element = reads ? `${all}[${key}]` : 'unknown';
  const others = reads ? `Omit<${all}, ${key}>` : all;
  const parameters = [
    `elements: readonly ${element}[]`,
    ...(variables.isEmpty ? [] : [`variables: ${others}`]),
    `options?: (element: ${element}, index: number) => workflow.ExecuteDesktopFlowOptions`,
  ];
  const given = reads ? `{ ...variables, ${keyOf(inputElement)}: element }` : 'variables';
  const call = `execute${type}(${[...(variables.isEmpty ? [] : [given]), 'options?.(element, index)'].join(', ')})`;
  const comment = docComment([
    `Runs a robot for each element of a list, ${isSequential ? 'one after the other' : 'all at once'}; in the process the FEEL expression:`,
    ...commentLines(inputCollection.replace(/^=\s*/, '')),
    'For long lists take the workflow RunDesktopFlows, which keeps a limited number of robots under way.',
    '@returns the results, in the order of the elements',
  ]);
  const body = isSequential
    ? `  const results: workflow.RunDesktopFlowResult[] = [];
  for (const [index, element] of elements.entries()) results.push(await ${call});
  return results;`
    : `  return Promise.all(elements.map((element, index) => ${call}));`;
  return `${comment}export async function execute${type}ForEach(${parameters.join(', ')}): Promise<workflow.RunDesktopFlowResult[]> {
${body}
}
`;
}

function resultsText(
  { variables: results }: ImportedCall,
  { type, value }: FlowNames,
  variables: Variables,
): string {
  const known = new Variables();
  const texts = [...results].flatMap(([name, feel]) => {
    const text = translate(feel, 'any', known.read);
    return text === undefined ? [] : [`    ${keyOf(name)}: ${text},\n`];
  });
  if (texts.length === 0) return '';
  // Again, now for the interface that both functions share.
  if (!known.isEmpty) for (const feel of results.values()) translate(feel, 'any', variables.read);
  const parameter = known.isEmpty ? '' : `, variables: ${type}Variables`;
  return `/** The process variables that the tasks left. */
export function ${value}Results(result: workflow.RunDesktopFlowResult${parameter}) {
  return {
${texts.join('')}  };
}
`;
}

function failuresText({ failures }: ImportedCall, { value }: FlowNames): string {
  if (failures.size === 0) return '';
  const lines = [...failures].map(([failure, { bpmnError, goesTo }]) => {
    const parts = [
      ...(bpmnError === undefined ? [] : [`bpmnError: ${literal(bpmnError)}`]),
      ...(goesTo === undefined ? [] : [`goesTo: ${literal(goesTo)}`]),
    ];
    return `  ${failure}: { ${parts.join(', ')} },\n`;
  });
  return `/** What the process did about failures, by their type: the BPMN error, and the element that came next. */
export const ${value}Failures = {
${lines.join('')}} as const;
`;
}
