/** How checks follow from each other, and what becomes of one that fails, hangs or is mended. */
import { type Check, type Finding, found, passed, untold } from '../../src/doctor/check';
import { type ExamineOptions, examine } from '../../src/doctor/examine';
import { Setup } from '../../src/doctor/setup';
import { linesOf, summaryOf } from '../../src/doctor/text';

const SECRET = 'a-secret-of-the-tests';
const setup = new Setup({ environment: { POWER_AUTOMATE_CLIENT_SECRET: SECRET }, version: '1.0.0' });

const FINDING: Finding = { code: 'no-worker', what: 'what', why: 'why', whatToDo: 'do', where: 'where' };

const check = (id: Check['id'], run: Check['run'], more: Partial<Check> = {}): Check => ({
  id,
  group: 'A group',
  title: `the title of ${id}`,
  run,
  ...more,
});

const examined = (checks: Check[], options: ExamineOptions = {}) => examine(checks, setup, options);
const statuses = async (checks: Check[], options?: ExamineOptions) =>
  (await examined(checks, options)).map(({ status }) => status);

it('skips what needs a check that has found something, and what needs that, but nothing else', async () => {
  const checks = [
    check('variables', () => passed('')),
    check('temporal', () => found(FINDING), { needs: ['variables'] }),
    check('namespace', () => passed(''), { needs: ['variables', 'temporal'] }),
    check('workers', () => passed(''), { needs: ['namespace'] }),
    check('organization', () => passed(''), { needs: ['variables'] }),
  ];
  expect(await statuses(checks)).toEqual(['passed', 'found', 'skipped', 'skipped', 'passed']);
  const [, , namespace] = await examined(checks);
  expect(namespace).toMatchObject({ detail: 'waits for: the title of temporal' });
});

it('goes on where something cannot be told', async () => {
  const checks = [
    check('tenant', () => untold('who knows')),
    check('token', () => passed(''), { needs: ['tenant'] }),
  ];
  expect(await statuses(checks)).toEqual(['untold', 'passed']);
});

it('leaves out what does not apply, and does not wait for it', async () => {
  const checks = [
    check('tenant', () => found(FINDING), { applies: () => false }),
    check('token', () => passed(''), { needs: ['tenant'] }),
  ];
  expect(await statuses(checks)).toEqual(['passed']);
});

it('tells of checks in their order, whichever is done first', async () => {
  const told: string[] = [];
  const slow = () => new Promise<ReturnType<typeof passed>>((resolve) => setTimeout(resolve, 30, passed('')));
  await examined([check('temporal', slow), check('organization', () => passed(''))], {
    onResult: ({ id }) => told.push(id),
  });
  expect(told).toEqual(['temporal', 'organization']);
});

it.each<[string, Check['run'], RegExp]>([
  ['fails', () => Promise.reject(new Error('a bad day')), /^a bad day$/],
  ['never ends', () => new Promise<never>(() => undefined), /^no answer within 50 ms$/],
])('reports a check that %s, and makes the others', async (_what, run, why) => {
  const [first, second] = await examined([check('temporal', run), check('organization', () => passed(''))], {
    longestCheckMs: 50,
  });
  expect(first).toMatchObject({
    status: 'found',
    findings: [{ code: 'unexpected', why: expect.stringMatching(why) }],
  });
  expect(second?.status).toBe('passed');
});

describe('with fix', () => {
  const broken = (isFixable: boolean, fix: Check['fix']) => {
    let isBroken = true;
    const run = () => (isBroken ? found({ ...FINDING, isFixable }) : passed(''));
    const mend: Check['fix'] = async (of) => {
      const said = (await fix?.(of)) ?? '';
      isBroken = false;
      return said;
    };
    return [
      check('namespace', run, { fix: mend }),
      check('workers', () => passed(''), { needs: ['namespace'] }),
    ];
  };
  const made = async () => 'it was made';

  it('mends what is fixable, and goes on', async () => {
    const all = await examined(broken(true, made), { fix: true });
    expect(all).toMatchObject([{ status: 'fixed', detail: 'it was made' }, { status: 'passed' }]);
  });

  it('looks again where a server tells for a moment what it was', async () => {
    let looks = 0;
    const run = () => (looks++ < 3 ? found({ ...FINDING, isFixable: true }) : passed(''));
    const all = await examined([check('namespace', run, { fix: made })], { fix: true });
    expect(all).toMatchObject([{ status: 'fixed' }]);
    expect(looks).toBe(4);
  });

  it('leaves alone what is not, and everything where it is not asked to mend', async () => {
    expect(await statuses(broken(false, made), { fix: true })).toEqual(['found', 'skipped']);
    expect(await statuses(broken(true, made))).toEqual(['found', 'skipped']);
  });

  it('says why something could not be mended', async () => {
    const [first] = await examined(
      broken(true, () => Promise.reject(new Error('not allowed'))),
      { fix: true },
    );
    expect(first).toMatchObject({ findings: [{ why: 'why. It could not be mended: not allowed' }] });
  });
});

it('cuts secrets out of whatever a check says', async () => {
  const all = await examined([
    check('temporal', () => passed(`detail ${SECRET}`)),
    check('token', () => found({ ...FINDING, what: SECRET, why: SECRET, whatToDo: SECRET, where: SECRET })),
    check('organization', () => Promise.reject(new Error(SECRET))),
  ]);
  expect(JSON.stringify(all)).not.toContain(SECRET);
  expect(JSON.stringify(all)).toContain('[redacted]');
});

describe('the text', () => {
  it('is in colours only where that is wanted', async () => {
    const [first] = await examined([check('temporal', () => passed('a detail'))]);
    if (first === undefined) throw new Error('there is one');
    expect(linesOf(first, false)).toEqual(['  ok       the title of temporal: a detail']);
    expect(linesOf(first, true)).toEqual([
      `  ${String.fromCharCode(27)}[32mok     ${String.fromCharCode(27)}[39m  the title of temporal: a detail`,
    ]);
  });

  it('has a line for each finding, and the answer of a server in one line', async () => {
    const two = () => found({ ...FINDING, why: 'one\n  two' }, { ...FINDING, isFixable: true });
    const all = await examined([check('temporal', two)]);
    expect(all.flatMap((one) => linesOf(one, false))).toEqual([
      '  FOUND    what (no-worker)',
      '           Why:   one two',
      '           Do:    do',
      '           Where: where',
      '  FOUND    what (no-worker)',
      '           Why:   why',
      '           Do:    do. desktop-flow doctor --fix does it',
      '           Where: where',
    ]);
    expect(summaryOf(all, '0.1')).toBe('2 faults were found in 0.1 s.');
  });
});
