/** Modules that the import writes compile strictly, and hold no code that a process has put in. */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { transformSync } from '@swc/core';
import fc from 'fast-check';
import { importBpmn } from '../../src/camunda/import-bpmn';
import { writeTypeScript } from '../../src/camunda/typescript';
import { compile, STRICTEST } from '../helpers/compiler';
import { createLinkedProject } from '../helpers/linked-project';
import { FILES, processText } from './processes';
import { bodyOf, fileXml, triggerXml } from './xml';

/** In a text of a process it is a text. */
const PLACEHOLDER = ['`$', '{x}`'].join('');

/** Of one trigger, with FEEL in its fields, and in its result. */
const EXPRESSIONS = fileXml(
  triggerXml(
    bodyOf({
      runMode: 'mode',
      connectionName: '"c-" + string(site) + `odd name`',
      connectionType: 'kind',
      timeout: 'if limit = null then 600 else limit',
      runPriority: 'if urgent = true then "high" else "normal"',
      inputs: `to json({A: a.b.c, "odd key": [1, \`odd name\`, "${PLACEHOLDER}"], F: sum([1, n]), N: null})`,
      callbackUrl: 'hook',
    }),
    {
      name: `7 */ ${PLACEHOLDER}`,
      headers: [
        ['resultVariable', 'answer'],
        [
          'resultExpression',
          '={code: response.body.licenseCheck.code, all: response, later: now(), own: a.b}',
        ],
      ],
    },
  ),
);

/** The inputs as they come from a variable as a whole, and no variable at all. */
const WHOLE = fileXml(
  triggerXml(bodyOf({ inputs: 'everything' }), { id: 'One', name: 'Robot' }) +
    triggerXml(bodyOf({ inputs: '"{}"' }), { id: 'Two', name: 'robot' }),
);

let folder: string;

beforeAll(async () => {
  folder = await createLinkedProject();
  await writeFile(path.join(folder, 'package.json'), '{"type": "module"}');
  const config = { compilerOptions: STRICTEST, include: ['*.ts'] };
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
});

afterAll(() => rm(folder, { recursive: true }));

const moduleOf = async (xml: string) => writeTypeScript(await importBpmn(xml), 'process.bpmn');

/** Runs a module, of which nothing but its functions for inputs is called. */
function load(module: string): Record<string, (variables?: unknown) => Record<string, unknown>> {
  const { code } = transformSync(module, {
    jsc: { parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  const exports = {};
  new Function('exports', 'require', code)(exports, () => ({}));
  return exports;
}

it('compiles strictly: each process of the tests, and expressions of every kind', async () => {
  for (const file of FILES) {
    await writeFile(path.join(folder, file.replace('.bpmn', '.ts')), await moduleOf(processText(file)));
  }
  await writeFile(path.join(folder, 'expressions.ts'), await moduleOf(EXPRESSIONS));
  await writeFile(path.join(folder, 'whole.ts'), await moduleOf(WHOLE));
  expect(await compile(folder)).toBe('');
}, 120_000);

it('computes what the FEEL says', async () => {
  const { flow7XInput } = load(await moduleOf(EXPRESSIONS));
  const variables = {
    mode: 'attended',
    site: 7,
    'odd name': 'odd',
    kind: 2,
    limit: null,
    urgent: true,
    a: { b: { c: 'deep' } },
    hook: 'https://hooks.example.com/1',
    inputsF: 42,
  };
  expect(flow7XInput?.(variables)).toMatchObject({
    runMode: 'attended',
    connectionName: 'c-7odd',
    connectionType: 'connectionReference',
    timeout: 600,
    runPriority: 'high',
    callbackUrl: 'https://hooks.example.com/1',
    inputs: { A: 'deep', 'odd key': [1, 'odd', PLACEHOLDER], F: 42, N: null },
  });
});

it('takes any text as a text, and none of it as code', async () => {
  const NASTY = ['*/', '`', '${', '"', "'", '\\', '@', '\u2028', '\u202e', '\n', '__proto__', '{{', '});'];
  const text = fc
    .array(fc.oneof(fc.constantFrom(...NASTY), fc.stringMatching(/^[ -~]{1,4}$/)), {
      minLength: 1,
      maxLength: 8,
    })
    .map((pieces) => pieces.join(''));
  await fc.assert(
    fc.asyncProperty(text, text, text, async (name, key, value) => {
      const inputs = Object.fromEntries([[key, value]]);
      const body = bodyOf({
        inputs: JSON.stringify(JSON.stringify(inputs)),
        connectionName: JSON.stringify(`c${value}`),
      });
      const module = await moduleOf(fileXml(triggerXml(body, { name })));
      expect(module).not.toMatch(/[^\n\P{Cc}]|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}/u);
      const [made] = Object.entries(load(module)).filter(([one]) => /Input$/.test(one));
      const input = made?.[1]() as { inputs: object; connectionName: string };
      expect(JSON.stringify(input.inputs)).toBe(JSON.stringify(inputs));
      expect(input.connectionName).toBe(`c${value}`);
    }),
    { numRuns: 100 },
  );
});
