/** Flows whose schemas hold what nobody expects, each with an input that fits and one that does not. */
import type { FlowToGenerate } from '../../src/codegen/module';

export interface AwkwardFlow extends Pick<FlowToGenerate, 'name' | 'inputs' | 'outputs'> {
  /** What the names in its module begin with. */
  type: string;
  value: string;
  /** Source code of inputs. */
  good: string;
  bad: string[];
}

const schema = (properties: Record<string, unknown>) => ({ schema: { type: 'object', properties } });

const text = { type: 'string', title: '', description: '', default: '', format: null, value: '' };
const number = { ...text, type: 'number', value: '0' };

/** JSON alone makes such a property. */
const fromJson = (json: string): unknown => JSON.parse(json);

const MANY = Array.from({ length: 400 }, (_, n) => `Field ${n}`);

export const AWKWARD: Record<string, AwkwardFlow> = {
  'names that are no identifiers': {
    name: 'Enter invoice',
    type: 'EnterInvoice',
    value: 'enterInvoice',
    inputs: schema({ 'Invoice number': text, 'a-b.c[0]': number, '7': text, '': text, "it's": text }),
    outputs: schema({ 'Booking no.': text }),
    good: `{ 'Invoice number': 'A', 'a-b.c[0]': 1, 7: 'x', '': 'empty', "it's": '' }`,
    bad: [`{ 'Invoice number': 'A', 'a-b.c[0]': 1, 7: 'x', "it's": '' }`, `{ invoiceNumber: 'A' }`],
  },
  keywords: {
    name: 'class',
    type: 'Class',
    value: 'class',
    inputs: schema({ default: text, class: text, new: number, get: text, readonly: text, await: text }),
    outputs: schema({ delete: text, enum: number }),
    good: `{ default: '', class: '', new: 1, get: '', readonly: '', await: '' }`,
    bad: [`{ default: '', class: '', new: '1', get: '', readonly: '', await: '' }`],
  },
  'names of every object': {
    name: '__proto__',
    type: '__proto__',
    value: '__proto__',
    inputs: fromJson(
      '{"schema":{"properties":{"__proto__":{"type":"string"},"constructor":{"type":"number"},"toString":{"type":"string"},"hasOwnProperty":{"type":"string","default":"x"}}}}',
    ),
    outputs: fromJson(
      '{"schema":{"properties":{"__proto__":{"type":"string"},"valueOf":{"type":"number"}}}}',
    ),
    good: `{ ['__proto__']: 'p', constructor: 1, toString: 's', hasOwnProperty: undefined }`,
    bad: [
      `{ ['__proto__']: 'p', constructor: 'c', toString: 's', hasOwnProperty: undefined }`,
      `{ ['__proto__']: 1, constructor: 1, toString: 's', hasOwnProperty: 'h' }`,
    ],
  },
  'names that differ by case alone': {
    name: 'SAP export',
    type: 'SAPExport',
    value: 'sapExport',
    inputs: schema({ Name: text, name: number, NAME: { ...text, default: 'x' } }),
    outputs: schema({ Total: number, total: text }),
    good: `{ Name: 'a', name: 1 }`,
    bad: [`{ Name: 'a', name: 'b' }`, `{ Name: 'a' }`],
  },
  'names in other scripts, and signs that are not seen': {
    name: 'Größe prüfen 合計 🙂',
    type: 'GrößePrüfen合計',
    value: 'größePrüfen合計',
    inputs: schema({
      Größe: number,
      合計: number,
      '🙂': text,
      'a\u202eb': text,
      '\ud800': text,
      'x\u2028y': text,
    }),
    outputs: schema({ Ergebnis: text }),
    good: String.raw`{ Größe: 1, 合計: 2, '🙂': '', 'a\u202eb': '', '\ud800': '', 'x\u2028y': '' }`,
    bad: [String.raw`{ Grösse: 1, 合計: 2, '🙂': '', 'a\u202eb': '', '\ud800': '', 'x\u2028y': '' }`],
  },
  'titles and descriptions that would end comments and strings': {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a text
    name: '*/ export const stolen = 1; /* `${process.exit(7)}`\n"quoted"',
    type: 'ExportConstStolen1ProcessExit7Quoted',
    value: 'exportConstStolen1ProcessExit7Quoted',
    inputs: schema({
      '*/ x: string } /*': {
        ...text,
        title: '*/ }',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a text
        description: '`${1}` "\n*/\u2028@deprecated\r\n@ts-ignore',
      },
      b: { ...number, title: '@ts-ignore', description: '/* open' },
      '`${x}`\\': { ...text, default: '*/\n`\\' },
    }),
    outputs: schema({ "'; export const x = '": text }),
    good: `{ '*/ x: string } /*': '', b: 1 }`,
    bad: [`{ '*/ x: string } /*': '', b: '1' }`, `{ x: '', b: 1 }`],
  },
  'hundreds of properties': {
    name: 'Many',
    type: 'Many',
    value: 'many',
    inputs: schema(Object.fromEntries(MANY.map((name, n) => [name, n % 2 ? text : number]))),
    outputs: schema(Object.fromEntries(MANY.map((name) => [name, text]))),
    good: `{ ${MANY.map((name, n) => `'${name}': ${n % 2 ? "''" : n}`).join(', ')} }`,
    bad: [`{ 'Field 0': 1 }`],
  },
  'defaults of numbers as texts': {
    name: '2 defaults',
    type: 'Flow2Defaults',
    value: 'flow2Defaults',
    inputs: schema({
      Amount: { ...number, default: '12.50' },
      Count: { ...number, default: '1 000' },
      Text: { ...text, default: '5' },
      Flag: { ...text, type: 'boolean', default: 'True' },
      Whole: { ...number, type: 'integer' },
    }),
    outputs: null,
    good: `{ Whole: 3, Flag: false, Amount: 1 }`,
    bad: [`{ Whole: 3, Amount: '12.50' }`, `{ Whole: 3, Flag: 'True' }`, `{}`],
  },
  'types that are not documented': {
    name: '',
    type: 'DesktopFlow',
    value: 'desktopFlow',
    inputs: schema({
      Table: { type: 'datatable' },
      List: { type: ['string'] },
      None: {},
      Odd: 'text',
      __: { type: '*/' },
    }),
    outputs: schema({ Table: { type: 'datatable' }, Count: number }),
    good: `{ Table: [[1]], List: 'a', None: null, Odd: {}, __: 7 }`,
    bad: [`{ Table: [[1]], List: 'a', None: null, Odd: {} }`],
  },
  'names of what modules import': {
    name: 'RunDesktopFlow',
    type: 'RunDesktopFlow',
    value: 'runDesktopFlow',
    inputs: schema({ client: text, workflow: text, flowId: text }),
    outputs: schema({ client: text }),
    good: `{ client: '', workflow: '', flowId: 'mine' }`,
    bad: [`{ client: '', workflow: '' }`],
  },
  'no inputs and no outputs': {
    name: 'Nothing',
    type: 'Nothing',
    value: 'nothing',
    inputs: null,
    outputs: { schema: {} },
    good: '{}',
    bad: [`{ a: 1 }`],
  },
};
