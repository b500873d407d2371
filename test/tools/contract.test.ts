/** The contract for other languages, in schema/, held against what the product takes, and what it has written. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import { parse } from 'yaml';
import { parseRunDesktopFlowsInput } from '../../src/common/batch';
import { parseRunDesktopFlowInput } from '../../src/common/input';
import { itTakesLong } from '../helpers/long-tests';
import { runTool } from '../helpers/tool';

const ROOT = path.join(__dirname, '..', '..');
const SCHEMA = path.join(ROOT, 'schema');
const HISTORIES = path.join(ROOT, 'test', 'replay', 'histories');
const TOOL = path.join('contract', 'main.js');

const contract = JSON.parse(readFileSync(path.join(SCHEMA, 'desktop-flow.schema.json'), 'utf8'));
const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
ajv.addSchema(contract, 'contract');

/** The paths of what is wrong with it. */
function problems(type: string, value: unknown): string[] {
  const validate = ajv.getSchema(`contract#/$defs/${type}`);
  if (validate === undefined) throw new Error(`schema/ has no ${type}`);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test('schema/ says what the product reads and writes', () => {
  expect(runTool(TOOL)).toEqual({ code: 0, stdout: '', stderr: '' });
}, 120_000);

itTakesLong(
  'a schema that misses a field is told, with the command to accept it',
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'schema-'));
    try {
      cpSync(SCHEMA, folder, { recursive: true });
      const changed = structuredClone(contract);
      delete changed.$defs.RunDesktopFlowInput.properties.deadline;
      writeFileSync(path.join(folder, 'desktop-flow.schema.json'), `${JSON.stringify(changed, null, 2)}\n`);
      const { code, stderr } = runTool(TOOL, folder);
      expect(code).toBe(1);
      expect(stderr).toContain('desktop-flow.schema.json is not what the product reads and writes');
      expect(stderr).toContain('npm run schema:accept');
      expect(stderr).not.toContain('nexusrpc');
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  120_000,
);

const start = {
  flowId: 'd9687093-d0c0-ec11-983e-0022480b428a',
  connectionName: 'invoices',
  runMode: 'unattended',
};

describe('the schema of an input', () => {
  const text = fc.constantFrom(
    '',
    ' ',
    '5s',
    'stop',
    'leave',
    'x'.repeat(2001),
    '{{secrets.A}}',
    start.flowId,
  );
  const value = fc.oneof(
    text,
    fc.constantFrom(null, true, 0, 1, 1.5, -1, 100, 101, 86_400, 86_401, 1e12),
    fc.constantFrom({}, [], ['Faulted'], ['Succeeded'], { a: 1 }),
    fc.dictionary(fc.constantFrom('initialInterval', 'maximumAttempts', 'statuses', 'shared', 'token'), text),
  );

  /** What the product takes has to be valid: other languages check by it before they send. */
  function neverRefuses(type: string, base: object, take: (input: unknown) => { ok: boolean }) {
    const { properties } = contract.$defs[type] as { properties: Record<string, unknown> };
    // The null of an unknown field counts as left out, which no schema can say.
    const field = fc.constantFrom(...Object.keys(properties));
    let taken = 0;
    fc.assert(
      fc.property(fc.dictionary(field, value, { maxKeys: 3 }), (changes) => {
        const input = { ...base, ...changes };
        if (!take(input).ok) return;
        taken += 1;
        expect({ input, problems: problems(type, input) }).toEqual({ input, problems: [] });
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(50);
  }

  it('takes what the product takes', () => {
    neverRefuses('RunDesktopFlowInput', start, parseRunDesktopFlowInput);
    neverRefuses('AdoptFlowRunInput', { flowSessionId: start.flowId }, parseRunDesktopFlowInput);
    neverRefuses('RunDesktopFlowsInput', { items: [start, {}] }, parseRunDesktopFlowsInput);
  });

  it.each([
    ['flowId', 'not-a-guid'],
    ['connectionName', ' '],
    ['connectionType', 'reference'],
    ['runMode', null],
    ['timeout', 86_401],
    ['timeout', 1.5],
    ['inputs', []],
    ['authentication', { type: 'bearer', token: 'a literal' }],
    ['poll', { initialInterval: 9 }],
    ['poll', { every: '5s' }],
    ['retry', { statuses: ['Succeeded'] }],
    ['retry', { errorCodes: [''] }],
    ['onCancel', 'ignore'],
    ['flowID', start.flowId],
  ])('refuses what the product refuses: %s %j', (field, wrong) => {
    const input = { ...start, [field]: wrong };
    expect(parseRunDesktopFlowInput(input).ok).toBe(false);
    expect(problems('RunDesktopFlowArgument', input)).not.toEqual([]);
  });
});

/** Of one kind of workflow: what its recorded executions got and gave. */
function recorded(workflowType: string) {
  const found = { inputs: [] as unknown[], results: [] as unknown[], details: [] as unknown[] };
  for (const file of readdirSync(HISTORIES)) {
    const { events } = JSON.parse(readFileSync(path.join(HISTORIES, file), 'utf8'));
    const [{ workflowExecutionStartedEventAttributes: started }] = events;
    if (started.workflowType.name !== workflowType) continue;
    // A continued execution gets what the one before it knew, in a form of its own.
    if (!started.continuedExecutionRunId) found.inputs.push(...decoded(started.input));
    const last = events.at(-1);
    found.results.push(...decoded(last.workflowExecutionCompletedEventAttributes?.result));
    const failure = last.workflowExecutionFailedEventAttributes?.failure;
    found.details.push(...decoded(failure?.applicationFailureInfo?.details));
  }
  return found;
}

function decoded(payloads?: { payloads?: { data: string }[] }): unknown[] {
  return (payloads?.payloads ?? []).map(({ data }) => JSON.parse(Buffer.from(data, 'base64').toString()));
}

describe('the recorded histories', () => {
  it.each([
    {
      workflow: 'RunDesktopFlow',
      types: ['RunDesktopFlowArgument', 'RunDesktopFlowResult', 'RunDesktopFlowFailureDetails'],
      take: parseRunDesktopFlowInput,
    },
    {
      workflow: 'RunDesktopFlows',
      types: ['RunDesktopFlowsInput', 'RunDesktopFlowsResult', 'RunDesktopFlowsResult'],
      take: parseRunDesktopFlowsInput,
    },
  ])('of $workflow have inputs, results and failure details as schema/ says', ({ workflow, types, take }) => {
    const { inputs, results, details } = recorded(workflow);
    // Some recorded runs were given a wrong input.
    const taken = inputs.filter((input) => take(input).ok);
    expect(taken.length).toBeGreaterThan(inputs.length / 2);
    for (const [index, values] of [taken, results, details].entries()) {
      expect(values.length).toBeGreaterThan(0);
      for (const value of values) {
        const wrong = problems(types[index] ?? '', value);
        expect({ value, wrong }).toEqual({ value, wrong: [] });
      }
    }
  });
});

/** Of `nexgen` on github.com/temporalio: JSON Schema that has one coherent type in every language. */
const NOT_IN_SUBSET = ['anyOf', 'not', 'if', 'dependentSchemas', 'prefixItems', 'patternProperties'];

test('the Nexus document keeps to what nexgen takes, and names only types that it has', () => {
  const text = readFileSync(path.join(SCHEMA, 'desktop-flow.nexusrpc.yaml'), 'utf8');
  const document = parse(text);
  const refs: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const schema = node as Record<string, unknown>;
    if (typeof schema.$ref === 'string') refs.push(schema.$ref.replace('#/$defs/', ''));
    expect(NOT_IN_SUBSET.filter((keyword) => keyword in schema)).toEqual([]);
    if ('type' in schema && 'properties' in schema) expect(schema.type).toBe('object');
    for (const value of Object.values(schema)) visit(value);
  };
  visit(document);
  expect(Object.keys(document.$defs).sort()).toEqual([...new Set(refs)].sort());
  expect(Object.keys(document.services.DesktopFlows.operations)).toEqual([
    'runDesktopFlow',
    'runDesktopFlows',
  ]);
});
