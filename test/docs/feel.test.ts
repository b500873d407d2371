/** The page on FEEL gives what it shows. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { checkExpression, evaluateExpression } from '../../src/feel/expression';
import { blocksOf, ROOT } from './blocks';

const PAGE = 'docs/feel.md';
const page = readFileSync(path.join(ROOT, PAGE), 'utf8');
const onPage = (language: string) => blocksOf(language).filter(({ page: name }) => name === PAGE);

async function resultOf(expression: string, body: unknown = {}, run: unknown = {}): Promise<unknown> {
  const variables = { response: { body, status: 200, headers: {} }, run };
  await checkExpression(expression, Object.keys(variables));
  return (await evaluateExpression(expression, variables)).value;
}

it('shows an input, and the result that it gives', async () => {
  const [{ code } = { code: '' }] = onPage('json');
  const shown = /gives `("result": .*?})`/.exec(page)?.[1];
  const { resultExpression } = JSON.parse(code);
  const result = await resultOf(resultExpression, { BookingNumber: 'B-4711' }, { attempts: [{}] });
  expect({ result }).toEqual(JSON.parse(`{${shown}}`));
});

it('shows expressions that can be evaluated', async () => {
  const expressions = onPage('feel').flatMap(({ code }) => code.trim().split('\n'));
  expect(expressions).toHaveLength(3);
  for (const expression of expressions) await checkExpression(expression, ['response']);
});

const ROW = /^\| `([^`]+)` \| (.+?) \| [^|]+ \|$/gm;
const [, table = ''] = page.split('Other values than with Camunda');
const rows = [...table.matchAll(ROW)].map(([, expression = '', shown = '']) => [expression, shown] as const);

it('has a row for each value that is known to be another one', () => {
  expect(rows).toHaveLength(table.match(/^\| `/gm)?.length ?? 0);
  expect(rows.length).toBeGreaterThan(10);
});

it.each(rows)('tells the value of %s', async (expression, shown) => {
  const value = await resultOf(expression);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  expect(text).toBe(shown.replaceAll('`', ''));
});
