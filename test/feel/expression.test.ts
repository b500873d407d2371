/** FEEL as the documentation of Camunda has it, and what is other here. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { checkExpression, evaluateExpression } from '../../src/feel/expression';

const ROOT = path.join(__dirname, '..', '..');

const body = {
  Name: 'robot',
  Amount: '1,500.5',
  Due: '2026-03-31',
  Invoices: [
    { id: 1, person: 'A', amount: 10 },
    { id: 2, person: 'A', amount: 20 },
    { id: 3, person: 'B', amount: 15 },
  ],
  'Invoice Number': 4711,
  Nothing: null,
};
const variables = { response: { body, status: 200, headers: { 'content-type': 'application/json' } } };

/** As an activity does: what is evaluated has been checked. */
async function resultOf(expression: string): Promise<unknown> {
  await checkExpression(expression, ['response']);
  return (await evaluateExpression(expression, variables)).value;
}

const problemOf = (expression: string, names = ['response']) =>
  checkExpression(expression, names).then(
    () => 'none',
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe('what the documentation of Camunda shows', () => {
  it.each<[expression: string, value: unknown]>([
    ['= {a: response.status}', { a: 200 }],
    ['{a: 2, b: a * 2}', { a: 2, b: 4 }],
    ['{a: {b: 3}}.a.b', 3],
    ['{"a b": 1}', { 'a b': 1 }],
    ['response.body.`Invoice Number`', 4711],
    ['response.headers.`content-type`', 'application/json'],
    ['response.body.Invoices[1].id', 1],
    ['response.body.Invoices[-1].id', 3],
    ['response.body.Invoices[9]', null],
    ['response.body.Invoices[amount > 10].id', [2, 3]],
    ['response.body.Invoices[person = "A" and amount < 15][1]', { id: 1, person: 'A', amount: 10 }],
    ['response.body.Invoices.amount', [10, 20, 15]],
    ['[1,2,3,4][item > 2]', [3, 4]],
    ['some i in response.body.Invoices satisfies i.amount > 15', true],
    ['every i in response.body.Invoices satisfies i.amount > 15', false],
    ['some x in [1,2], y in [2,3] satisfies x < y', true],
    ['for x in [1,2], y in [3,4] return x * y', [3, 4, 6, 8]],
    ['for i in 1..4 return if i <= 2 then 1 else partial[-1] + partial[-2]', [1, 1, 2, 3]],
    [
      'for p in distinct values(response.body.Invoices.person) return sum(response.body.Invoices[person = p].amount)',
      [30, 15],
    ],
    ['if response.body.Nothing = null then "none" else "some"', 'none'],
    ['5 between 1 and 5', true],
    ['(5 in (3..7]) and 5 in [1, 5]', true],
    ['"abc" instance of string', true],
    ['null or true', true],
    ['1 / 0', null],
    ['"a" + "b"', 'ab'],
    ['"a" + 1', null],
    ['response.body.Nope.deeper', null],
    ['{twice: function(n) n * 2, four: twice(2)}.four', 4],
    ['substring("foobar", -3, 2)', 'ba'],
    ['substring(string: "foobar", start position: 3)', 'obar'],
    ['substring before("foobar", "bar") + substring after("foobar", "ob")', 'fooar'],
    ['upper case(response.body.Name)', 'ROBOT'],
    ['string length("foo")', 3],
    ['contains("foobar", "of")', false],
    ['starts with("foobar", "fo") and ends with("foobar", "r")', true],
    ['matches("FooBar", "foo", "i")', true],
    ['replace("0123456789", "(\\d{3})(\\d{3})(\\d{4})", "($1) $2-$3")', '(012) 345-6789'],
    ['split("a;b;c;;", ";")', ['a', 'b', 'c', '', '']],
    ['string join(["a", null, "c"], ", ")', 'a, c'],
    ['number(response.body.Amount, ",", ".")', 1500.5],
    ['string(1.1)', '1.1'],
    ['count([1,2,3]) + min(1,2,3) + max([1,2,3]) + sum(1,2,3) + product([2,3,4]) + mean([1,2,3])', 39],
    ['stddev(2, 4, 7, 5)', 2.0816659994661326],
    ['mode([6, 1, 9, 6, 1])', [1, 6]],
    ['append(concatenate([1],[2]), 3)', [1, 2, 3]],
    ['remove(insert before([1,3], 1, 2), 3)', [2, 1]],
    ['index of([1,2,3,2], 2)', [2, 4]],
    ['sublist(reverse(union([1,2],[2,3])), 1, 2)', [3, 2]],
    ['flatten([[1,2],[[3]], 4])', [1, 2, 3, 4]],
    ['sort(list: [3,1,4,5,2], precedes: function(x,y) x < y)', [1, 2, 3, 4, 5]],
    ['list contains([1,2,3], 2) and any(false, null, true) and not(all([true, false]))', true],
    ['decimal(1/3, 2)', 0.33],
    [
      '[floor(-1.56, 1), ceiling(-1.5), round up(1.121, 2), round half up(-1.126, 2)]',
      [-1.6, -1, 1.13, -1.13],
    ],
    ['[abs(-10), modulo(12, 5), sqrt(16), odd(5), even(5)]', [10, 2, 4, true, false]],
    ['get value({foo: 123}, "foo")', 123],
    ['get entries({foo: 123})', [{ key: 'foo', value: 123 }]],
    ['context put({x: 1, y: {z: 0}}, ["y", "z"], 2)', { x: 1, y: { z: 2 } }],
    ['context merge([{x: 1, y: 0}, {y: 2}])', { x: 1, y: 2 }],
    ['context([{key: "a", value: 1}, {key: "b", value: 2}])', { a: 1, b: 2 }],
    ['date(response.body.Due) + duration("P1M")', '2026-04-30'],
    ['(date("2026-02-01") - date("2026-01-01")).days', 31],
    ['date and time("2018-04-29T09:30:00@Europe/Berlin")', '2018-04-29T09:30:00@Europe/Berlin'],
    ['time(14, 30, 0, duration("PT1H"))', '14:30:00+01:00'],
    ['[day of week(date("2019-09-17")), month of year(date("2019-09-17"))]', ['Tuesday', 'September']],
    ['[day of year(date("2019-09-17")), week of year(date("2019-09-17"))]', [260, 38]],
    ['abs(duration("-PT5H"))', 'PT5H'],
    ['now() > @"2020-01-01T00:00:00Z"', true],
    ['// a remark\n response.status', 200],
  ])('holds here: %s', async (expression, value) => {
    expect(await resultOf(expression)).toEqual(value);
  });
});

/** Of Camunda's documentation, by how the page on FEEL names them. */
const MISSING: [name: string, expression: string][] = [
  ['get or else', 'get or else(response.body.Nothing, 1)'],
  ['is defined', 'is defined(response.body.Name)'],
  ['assert', 'assert(response.body.Name, true)'],
  ['extract', 'extract("a1", "[0-9]")'],
  ['trim', 'trim(" a ")'],
  ['uuid', 'uuid()'],
  ['to base64', 'to base64("FEEL")'],
  ['is blank', 'is blank("")'],
  ['is empty', 'is empty([])'],
  ['partition', 'partition([1,2,3], 2)'],
  ['duplicate values', 'duplicate values([1,1])'],
  ['from json', 'from json("1")'],
  ['to json', 'to json({a: 1})'],
  ['last day of month', 'last day of month(today())'],
  ['unix timestamp', 'unix timestamp(now())'],
  ['random number', 'random number()'],
  ['fromAi', 'fromAi(response.body)'],
  ['bpmnError', 'bpmnError("code", "message")'],
  ['jobError', 'jobError("message")'],
  ['median', 'median(9, 10, 100)'],
  ['during', 'during([1..2], [1..3])'],
  ['overlaps before', 'overlaps before([1..2], [1..3])'],
  ['overlaps after', 'overlaps after([1..2], [1..3])'],
  ['starts', 'starts([1..2], [1..3])'],
  ['started by', 'started by([1..2], [1..3])'],
  ['finishes', 'finishes([1..2], [1..3])'],
  ['finished by', 'finished by([1..2], [1..3])'],
  ['coincides', 'coincides([1..2], [1..3])'],
];

const page = readFileSync(path.join(ROOT, 'docs', 'feel.md'), 'utf8');

describe('what cannot be done here', () => {
  // What gives another value is in test/docs/feel.test.ts, by the page itself.
  it.each(MISSING)('is refused by its name, and named by the page on FEEL: %s', async (name, expression) => {
    // Also where nothing would come to it.
    const problem = await problemOf(`{a: if response.status = 1 then ${expression} else 1}`);
    expect(problem).toContain(`"${name}"`);
    expect(problem).toContain(name === 'get or else' ? 'cannot be read' : 'is no function here');
    expect(page).toContain(`\`${name}\``);
  });

  it.each([
    [
      'string join(["a"], ", ", "[", "]")',
      'calls "string join" at character 1, which takes other parameters here',
    ],
    ['if true then 1 else decimal(2.5, 0, "half_up")', 'calls "decimal" at character 21, which takes other'],
    ['substring(text: "a", start position: 1)', 'calls "substring" at character 1, which takes other'],
    [
      '{f: function(a) a, g: f(1, 2)}',
      'calls what is no function, or with other parameters than it has, at character 23',
    ],
    ['response.body.f(1)', 'calls what is no function'],
    [
      '[1,2,3,4][even(item)]',
      'names "item" at character 16, in a filter that compares nothing: write [... = true]',
    ],
    [
      '= {a: respons.body}',
      'names "respons" at character 7, and there is nothing of that name: there are response',
    ],
    ['{a: b, b: 1}', 'names "b" at character 5'],
    ['5 in [1, 5] or true', 'needs parentheses at character 6: write (x in y)'],
    ['response.headers.content-type', 'names "type" at character 26'],
    ['{a: 1', 'cannot be read from character 6 on'],
    ['{{secrets.TOKEN}}', 'cannot be read from character 2 on'],
    ['   ', 'cannot be read from character'],
    ['= = 1', 'gives a function, which is no JSON'],
    ['[1..3]', 'gives a range, which is no JSON'],
    ['(function(f) f(f))(function(f) f(f))', 'cannot be evaluated (RangeError)'],
    ['for a in 1..1000000, b in 1..1000000 return a', 'takes longer than 2 seconds'],
  ])('is refused: %s', async (expression, problem) => {
    expect(await problemOf(expression)).toContain(`FeelError: ${problem}`);
  });

  it.each([
    '[1,2,3,4][even(item) = true]',
    'response.body[(anything > item.at and contains(name, "a"))]',
    'response.body[response.status]',
    'sort(response.body, function(a, b) a.x < b.x)',
    'every x in response.body satisfies some y in x satisfies y > 0',
    '{today: 1, b: today}',
    'response.body.nothing.of[this].is[1].known = null',
  ])('is not: %s', async (expression) => {
    expect(await problemOf(expression.replace('[this]', ''))).toBe('none');
  });
});

describe('a value', () => {
  it('is JSON: dates as texts, and null where JavaScript has no number', async () => {
    const { value } = await evaluateExpression('{a: [@"2026-01-01", @"PT1H"], b: exp(1000), c: a.x}', {});
    expect(value).toEqual({ a: ['2026-01-01', 'PT1H'], b: null, c: [null, null] });
  });

  it('comes with the kinds and places of what became null, and none of its values', async () => {
    const { warnings } = await evaluateExpression('response.body.Name + 4711', variables);
    expect(warnings).toEqual([expect.stringMatching(/^INVALID_TYPE at character \d+$/)]);
  });

  it('costs nothing where there is no expression: feelin is loaded for the first one', () => {
    const script = `
      const loaded = () => Object.keys(require.cache).some((file) => file.includes('feelin'));
      require('./src/activities');
      const before = loaded();
      require('./src/feel/expression').evaluateExpression('1', {}).then(() => console.log([before, loaded()]));`;
    const hook = path.join(ROOT, 'tools', 'ts-hook.js');
    const shown = execFileSync(process.execPath, ['--require', hook, '-e', script], { cwd: ROOT });
    expect(shown.toString().trim()).toBe('[ false, true ]');
  });

  it('is not that of another time zone: now and today are in UTC, wherever the worker is', () => {
    const script = `
      require('./src/feel/expression').evaluateExpression('[string(now()), string(today())]', {})
        .then(({ value }) => console.log(JSON.stringify(value)))`;
    const hook = path.join(ROOT, 'tools', 'ts-hook.js');
    const run = (TZ: string) =>
      execFileSync(process.execPath, ['--require', hook, '-e', script], {
        cwd: ROOT,
        env: { ...process.env, TZ },
      });
    const days = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'].map((zone) => {
      const [now, today]: string[] = JSON.parse(run(zone).toString());
      expect(now).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(now?.slice(0, 10)).toBe(today);
      return Date.parse(now ?? '');
    });
    // 25 hours apart by their own clocks.
    expect(Math.abs((days[0] ?? 0) - (days[1] ?? 0))).toBeLessThan(60_000);
  });

  it('cannot be changed from outside: a prototype is no key', async () => {
    const { value } = await evaluateExpression('response.body.constructor', { response: { body: {} } });
    expect(value).toBeNull();
  });
});
