import { readFlowSchema } from '../../src/schemas/flow-schema';
import { inputProblems } from '../../src/schemas/input-problems';

/** As Microsoft's page shows it. */
const DOCUMENT = {
  schema: {
    properties: {
      InvoiceNumber: {
        default: '',
        description: '',
        format: null,
        title: 'Number',
        type: 'string',
        value: '',
      },
      Amount: { default: '', description: '', format: null, title: 'Amount', type: 'number', value: '0' },
      Currency: { default: 'EUR', description: '', format: null, title: '', type: 'string', value: '' },
      Urgent: { default: 'False', type: 'boolean' },
      Copies: { default: '1', type: 'integer' },
      Lines: { default: '[]', type: 'datatable' },
      constructor: { default: 'x', type: 'string' },
    },
    type: 'object',
  },
};

const parameters = readFlowSchema(DOCUMENT);

const problemsOf = (inputs: Record<string, unknown> | string | undefined) =>
  Object.fromEntries(inputProblems(inputs, parameters).map(({ field, problem }) => [field, problem]));

describe('inputs that are compared with the schema of their flow', () => {
  it.each([
    ['all of them', { InvoiceNumber: 'A-1', Amount: 12.5, Currency: 'USD', Urgent: true, Copies: 2 }],
    ['those without a default alone', { InvoiceNumber: '', Amount: 0 }],
    [
      'a JSON text, with numbers that JavaScript would round',
      '{"InvoiceNumber":"A","Amount":12345678901234567890}',
    ],
    ['a secret in a text', { InvoiceNumber: '{{secrets.NUMBER}}', Amount: 1 }],
    ['any value of a type that is not documented', { InvoiceNumber: '', Amount: 0, Lines: [{ a: null }] }],
  ])('fit: %s', (_what, inputs) => {
    expect(problemsOf(inputs)).toEqual({});
  });

  it('must be there where the flow has no default', () => {
    const required = 'is required: the flow has no default for it';
    for (const none of [undefined, {}, '{}'])
      expect(problemsOf(none)).toEqual({ 'inputs.InvoiceNumber': required, 'inputs.Amount': required });
  });

  it.each([
    ['invoicenumber', 'is not an input of this flow; did you mean InvoiceNumber?'],
    ['InvoiceNumbr', 'is not an input of this flow; did you mean InvoiceNumber?'],
    ['toString', 'is not an input of this flow'],
    ['__proto__', 'is not an input of this flow'],
  ])('have the names of the flow: %s has not', (name, problem) => {
    expect(problemsOf(`{"${name}":"A-1","Amount":1}`)[`inputs.${name}`]).toBe(problem);
  });

  it('are not suggested by a name that is given already', () => {
    const inputs = { InvoiceNumber: 'A', Amount: 1, InvoiceNumbre: 'B' };
    expect(problemsOf(inputs)).toEqual({ 'inputs.InvoiceNumbre': 'is not an input of this flow' });
  });

  it.each([
    ['InvoiceNumber', 17, 'must be a text'],
    ['InvoiceNumber', null, 'must be a text'],
    ['constructor', 1, 'must be a text'],
    ['Amount', '17', 'must be a number'],
    ['Amount', '{{secrets.AMOUNT}}', 'must be a number, and a secret is always a text'],
    ['Copies', 1.5, 'must be a whole number'],
    ['Urgent', 'True', 'must be true or false'],
  ])(
    'have the types of the flow: %s as %j has not, and its value is not repeated',
    (name, value, problem) => {
      expect(problemsOf({ InvoiceNumber: '', Amount: 0, [name]: value })).toEqual({
        [`inputs.${name}`]: problem,
      });
    },
  );

  it('must be none where the flow has no schema', () => {
    expect(inputProblems({}, readFlowSchema(null))).toEqual([]);
    expect(inputProblems({ A: 1 }, readFlowSchema(null))).toEqual([
      { field: 'inputs.A', problem: 'is not an input of this flow, which takes none' },
    ]);
  });

  it('make a failure of bounded size, however many and long they are', () => {
    const inputs = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`${'x'.repeat(5000)}${n}`, n]));
    const problems = inputProblems(inputs, parameters);
    expect(problems).toHaveLength(51);
    expect(JSON.stringify(problems).length).toBeLessThan(10_000);
  });
});
