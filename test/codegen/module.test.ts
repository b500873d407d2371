/** What `generateFlowModule` writes compiles strictly, whatever a schema holds, and refuses inputs that do not fit. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { transformSync } from '@swc/core';
import { generateFlowModule } from '../../src/codegen/module';
import { parseRunDesktopFlowInput } from '../../src/common/input';
import { readFlowSchema } from '../../src/schemas/flow-schema';
import { compile, STRICTEST } from '../helpers/compiler';
import { createLinkedProject } from '../helpers/linked-project';
import { AWKWARD, type AwkwardFlow } from './awkward-flows';

const FLOW_ID = 'd9687093-d0c0-ec11-983e-0022480b428a';

let folder: string;

beforeAll(async () => {
  folder = await createLinkedProject();
  await writeFile(path.join(folder, 'package.json'), '{"type": "module"}');
  await writeFile(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: STRICTEST, include: ['*.ts'] }),
  );
});

afterAll(() => rm(folder, { recursive: true }));

const flows = Object.entries(AWKWARD).map(([what, flow], index) => ({ what, flow, file: `flow-${index}` }));

const moduleOf = (flow: AwkwardFlow, workflow = false) =>
  generateFlowModule({ ...flow, flowId: FLOW_ID.toUpperCase() }, { workflow });

/** Each line of `bad` is expected to be an error, and is one by itself. */
function useOf({ type, value, good, bad, outputs }: AwkwardFlow, file: string): string {
  const options = "{ connectionName: 'c', runMode: 'unattended', checkInputs: true, checkSchema: true }";
  const [output] = readFlowSchema(outputs);
  return `
import type { DesktopFlows, RunDesktopFlowInput } from 'temporal-power-automate/client';
import { type ${type}Outputs, ${value}Flow, ${value}Input } from './${file}.js';
import { execute${type} } from './${file}.workflow.js';

export const id: '${FLOW_ID}' = ${value}Flow.flowId;
export const input: RunDesktopFlowInput = ${value}Input(${good}, ${options});
${bad.map((inputs, n) => `// @ts-expect-error\nexport const bad${n} = ${value}Input(${inputs}, ${options});`).join('\n')}
// @ts-expect-error
export const unnamed = ${value}Input(${good}, { runMode: 'unattended' });
// @ts-expect-error
export const otherFlow = ${value}Input(${good}, { ...${options}, flowId: id });

export async function inWorkflow() {
  const { outputs, status } = await execute${type}(${good}, ${options}, { workflowId: 'w' });
${output ? `  const one: ${output.type === 'number' ? 'number | null | undefined' : 'unknown'} = outputs?.[${JSON.stringify(output.name)}];` : '  const one = outputs;'}
  return [one, status];
}

export async function inService(flows: DesktopFlows) {
  const outcome = await flows.run<${type}Outputs>(input, { workflowId: 'w' });
  return outcome.kind === 'succeeded' ? outcome.result.outputs : outcome.kind;
}
`;
}

describe('generated modules', () => {
  it('compile strictly, take what fits, and refuse what does not', async () => {
    for (const { flow, file } of flows) {
      await writeFile(path.join(folder, `${file}.ts`), moduleOf(flow));
      await writeFile(path.join(folder, `${file}.workflow.ts`), moduleOf(flow, true));
      await writeFile(path.join(folder, `${file}.use.ts`), useOf(flow, file));
    }
    expect(await compile(folder)).toBe('');
  }, 120_000);

  it('fail to compile where they are used wrongly, at the place that is wrong', async () => {
    const [first] = flows;
    const wrong = (await readFile(path.join(folder, `${first?.file}.use.ts`), 'utf8')).replaceAll(
      '// @ts-expect-error',
      '',
    );
    await writeFile(path.join(folder, 'wrong.ts'), wrong);
    const errors = (await compile(folder)).match(/^wrong\.ts/gm);
    expect(errors).toHaveLength(4);
  }, 120_000);

  it.each(flows)('make an input that the workflow takes, under the names of the flow: $what', ({ flow }) => {
    const source = `${moduleOf(flow)}\nexport const made = ${flow.value}Input(${flow.good}, OPTIONS);`;
    const { code } = transformSync(source, {
      jsc: { parser: { syntax: 'typescript' } },
      module: { type: 'commonjs' },
    });
    expect(code).not.toContain('require(');
    const module: { made?: { inputs: object } } = {};
    const options = { connectionName: 'c', runMode: 'unattended', checkSchema: true };
    new Function('exports', 'OPTIONS', code)(module, options);
    expect(Object.keys(module).sort()).toEqual([`${flow.value}Flow`, `${flow.value}Input`, 'made'].sort());
    const parsed = parseRunDesktopFlowInput(JSON.parse(JSON.stringify(module.made)));
    expect(parsed).toMatchObject({ ok: true, value: { flowId: FLOW_ID, connectionName: 'c' } });
    const required = readFlowSchema(flow.inputs).filter(({ isRequired }) => isRequired);
    const given = Object.keys(module.made?.inputs ?? {});
    expect(given).toEqual(expect.arrayContaining(required.map(({ name }) => name)));
  });

  it.each(flows)('hold nothing that an editor would not show: $what', ({ flow }) => {
    expect(moduleOf(flow, true)).not.toMatch(/[^\n\P{Cc}]|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}/u);
  });

  it('document titles, descriptions, defaults and types that are not known', () => {
    const properties = {
      Amount: {
        type: 'number',
        title: 'Net amount',
        description: 'Without tax.\nIn euros.',
        default: '12.5',
      },
      Note: { type: 'string', title: 'Note', default: '5' },
      Lines: { type: 'datatable' },
    };
    const module = generateFlowModule({
      flowId: FLOW_ID,
      name: 'Enter invoice',
      inputs: { schema: { properties } },
      outputs: { schema: { properties: { Booking: { type: 'string', title: 'Booking number' } } } },
    });
    expect(module).toMatchInlineSnapshot(`
"/** The desktop flow Enter invoice. Generated by \`desktop-flow codegen\`: do not edit, generate it again. */
import type * as client from 'temporal-power-automate/client';

// By this line \`desktop-flow codegen --check\` compares.
// desktop-flow: {"flowId":"d9687093-d0c0-ec11-983e-0022480b428a","fingerprint":"b132d1ab8f5c35e5ac973cadef6586ad","schemas":{"inputs":[["Amount","number",false],["Lines","datatable",true],["Note","string",false]],"outputs":[["Booking","string"]]}}

export const enterInvoiceFlow = {
  flowId: "d9687093-d0c0-ec11-983e-0022480b428a",
  /** Of the inputs and outputs that this module was generated from. */
  schemaFingerprint: "b132d1ab8f5c35e5ac973cadef6586ad",
} as const;

export interface EnterInvoiceInputs {
  /**
   * Net amount
   * Without tax.
   * In euros.
   * Default: 12.5
   */
  Amount?: number;
  /** Default: "5" */
  Note?: string;
  /** Its type in the flow is "datatable". */
  Lines: unknown;
}

/** Each is null where the flow marks it as sensitive: Dataverse does not show it then. */
export interface EnterInvoiceOutputs {
  /** Booking number */
  Booking: string | null;
}

/** Everything else that a run takes. */
export type EnterInvoiceOptions = Omit<client.RunDesktopFlowInput, 'flowId' | 'inputs' | 'schemaFingerprint'> & {
  /** Refuses the run if the flow has other inputs or outputs by then than this module knows. @default false */
  checkSchema?: boolean;
};

/** Makes the input of a run: for \`DesktopFlows\` and any other client, for \`executeDesktopFlow\`, and as item of a batch. */
export function enterInvoiceInput(
  inputs: EnterInvoiceInputs,
  { checkSchema = false, ...options }: EnterInvoiceOptions,
): client.RunDesktopFlowInput {
  const { flowId, schemaFingerprint } = enterInvoiceFlow;
  return {
    ...options,
    flowId,
    inputs: inputs as object as Record<string, unknown>,
    ...(checkSchema && { schemaFingerprint }),
  };
}
"
`);
  });

  it('are refused for an id that is none, and for a name that is none', () => {
    const flow = { flowId: 'x', inputs: null, outputs: null };
    expect(() => generateFlowModule(flow)).toThrow('flowId must be a GUID');
    for (const typeName of ['a b', '1a', 'a;b', '', 'a\n'])
      expect(() => generateFlowModule({ ...flow, flowId: FLOW_ID }, { typeName })).toThrow('typeName');
  });
});
