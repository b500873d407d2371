import { fingerprintOf } from '../../src/schemas/fingerprint';
import { FlowSchemaError, readFlowSchema } from '../../src/schemas/flow-schema';

const schema = (properties: Record<string, unknown>, more: object = {}) => ({
  schema: { type: 'object', properties, ...more },
});

const fingerprint = (inputs: unknown, outputs: unknown = null) =>
  fingerprintOf({ inputs: readFlowSchema(inputs), outputs: readFlowSchema(outputs) });

describe('the schema of a flow', () => {
  it('tells names, types, texts and defaults, and needs what has no default', () => {
    const document = schema({
      a: { type: 'string', title: 'A', description: 'First', default: '', value: 'x' },
      b: { type: 'number', title: null, default: '5' },
    });
    expect(readFlowSchema(document)).toEqual([
      { name: 'a', type: 'string', title: 'A', description: 'First', isRequired: true },
      { name: 'b', type: 'number', title: '', description: '', default: '5', isRequired: false },
    ]);
  });

  it('may be missing, or have no properties: then there are no parameters', () => {
    for (const none of [null, undefined, schema({}), { schema: {} }, { schema: { properties: null } }])
      expect(readFlowSchema(none)).toEqual([]);
  });

  it('may have what is not documented: another type, none, a default that is no text, a list of what is required', () => {
    const document = schema(
      {
        a: { type: 'datatable' },
        b: {},
        c: 'odd',
        d: { type: 'number', default: 0 },
        e: { type: ['string'] },
      },
      { required: ['a', 'd'] },
    );
    expect(readFlowSchema(document).map(({ name, type, isRequired }) => [name, type, isRequired])).toEqual([
      ['a', 'datatable', true],
      ['b', 'unknown', false],
      ['c', 'unknown', false],
      ['d', 'number', false],
      ['e', 'unknown', false],
    ]);
    expect(readFlowSchema(document)[3]?.default).toBe('0');
  });

  it.each([[{}], [[]], ['text'], [7], [{ schema: { properties: [] } }], [{ properties: 'x' }]])(
    'is none in another form: %j',
    (document) => {
      expect(() => readFlowSchema(document)).toThrow(FlowSchemaError);
    },
  );
});

describe('the fingerprint of schemas', () => {
  const base = schema({ a: { type: 'string', title: 'A' }, b: { type: 'number', default: '5' } });

  it('is the same whatever the order, the titles and the values of defaults are', () => {
    const same = schema({ b: { type: 'number', default: '6', description: 'B' }, a: { type: 'string' } });
    expect(fingerprint(same)).toBe(fingerprint(base));
    expect(fingerprint(base)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('never changes between versions: it is in modules that were generated', () => {
    expect(fingerprint(base, schema({ o: { type: 'string' } }))).toMatchInlineSnapshot(
      `"b7011ebfe42f3df6e084ef92bccfdbe9"`,
    );
  });

  it.each([
    ['an input more', schema({ ...base.schema.properties, c: { type: 'string' } }), null],
    ['an input less', schema({ a: { type: 'string' } }), null],
    ['another type', schema({ ...base.schema.properties, a: { type: 'number' } }), null],
    ['a default less', schema({ ...base.schema.properties, b: { type: 'number' } }), null],
    ['the same as an output', null, base],
    ['an output', base, schema({ o: { type: 'string' } })],
  ])('is another one for %s', (_what, inputs, outputs) => {
    expect(fingerprint(inputs, outputs)).not.toBe(fingerprint(base));
  });
});
