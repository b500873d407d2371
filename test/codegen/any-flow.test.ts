/** Whoever may edit a flow chooses its texts: none of them may become code. */
import { parseSync } from '@swc/core';
import fc from 'fast-check';
import { readHeader } from '../../src/codegen/header';
import { generateFlowModule } from '../../src/codegen/module';
import { canonical } from '../../src/schemas/fingerprint';
import { readFlowSchema } from '../../src/schemas/flow-schema';

const FLOW_ID = 'd9687093-d0c0-ec11-983e-0022480b428a';

const NASTY = [
  '*/',
  '/*',
  '//',
  '`',
  '${',
  '"',
  "'",
  '\\',
  '\n',
  '\r',
  '\u2028',
  '\u202e',
  '@',
  ';',
  '}',
  '<!--',
  '\ud800',
];

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc
    .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ maxLength: 3 })), { maxLength: 12 })
    .map((parts) => parts.join('')),
);

const property = fc.record(
  {
    type: fc.oneof(fc.constantFrom('string', 'number', 'boolean'), text),
    title: text,
    description: text,
    default: text,
  },
  { requiredKeys: [] },
);

const schema = fc.oneof(
  fc.constant(null),
  fc
    .array(fc.tuple(text, property), { maxLength: 6 })
    .map((entries) => ({ schema: { properties: Object.fromEntries(entries) } })),
);

it('becomes a module that holds its own types and functions alone, and remembers its schemas', () => {
  fc.assert(
    fc.property(text, schema, schema, fc.boolean(), (name, inputs, outputs, workflow) => {
      const module = generateFlowModule({ flowId: FLOW_ID, name, inputs, outputs }, { workflow });
      const { body } = parseSync(module, { syntax: 'typescript' });
      const kinds = body.map((item) =>
        item.type === 'ExportDeclaration' ? item.declaration.type : item.type,
      );
      const isType = (kind: string) => /^Ts(Interface|TypeAlias)Declaration$/.test(kind);
      expect(kinds.filter((kind) => !isType(kind))).toEqual([
        ...Array(workflow ? 2 : 1).fill('ImportDeclaration'),
        'VariableDeclaration',
        ...Array(workflow ? 2 : 1).fill('FunctionDeclaration'),
      ]);
      expect(kinds.filter(isType)).toHaveLength(3);
      expect(readHeader(module)?.schemas).toEqual(
        canonical({ inputs: readFlowSchema(inputs), outputs: readFlowSchema(outputs) }),
      );
      const names = body.flatMap((item) => {
        if (item.type !== 'ExportDeclaration' || item.declaration.type !== 'TsInterfaceDeclaration')
          return [];
        return item.declaration.body.body.map((one) => one.type);
      });
      const count = [inputs, outputs].flatMap((one) => readFlowSchema(one)).length;
      expect(names).toEqual(Array(count).fill('TsPropertySignature'));
    }),
    { numRuns: 500 },
  );
});
