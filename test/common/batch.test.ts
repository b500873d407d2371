import { itemWithDefaults, parsePage, parseRunDesktopFlowsInput } from '../../src/common/batch';
import {
  type BatchItemResult,
  bytesOf,
  countThatFits,
  itemFailed,
  itemSucceeded,
  MAX_RESULTS_BYTES,
} from '../../src/common/batch-result';

const item = { flowId: 'd9687093-d0c0-ec11-983e-0022480b428a', connectionName: 'c', runMode: 'unattended' };

function problems(input: unknown): Record<string, string> {
  const parsed = parseRunDesktopFlowsInput(input);
  if (parsed.ok) throw new Error('expected the input to be refused');
  return Object.fromEntries(parsed.problems.map(({ field, problem }) => [field, problem]));
}

function accepted(input: unknown) {
  const parsed = parseRunDesktopFlowsInput(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

describe('the input of RunDesktopFlows', () => {
  it('fills in the defaults', () => {
    expect(accepted({ items: [item], results: { activity: 'take' } })).toEqual({
      items: [item],
      maximumConcurrent: 50,
      onFailure: 'continue',
      results: { activity: 'take', pageSize: 100 },
    });
  });

  it('takes null for a field that is left out, but leaves what belongs to the activity as it is', () => {
    const pages = { activity: 'load', taskQueue: null, input: { since: null } };
    expect(accepted({ items: null, pages, maximumConcurrent: null, results: null })).toEqual({
      pages: { activity: 'load', input: { since: null } },
      maximumConcurrent: 50,
      onFailure: 'continue',
    });
  });

  it.each([
    ['items', {}],
    ['pages', { items: [], pages: { activity: 'load' } }],
    ['items', { items: 'all' }],
    ['items.1', { items: [item, null] }],
    ['items.0', { items: [[]] }],
    ['pages.activity', { pages: {} }],
    ['pages.activity', { pages: { activity: ' ' } }],
    ['pages.cursor', { pages: { activity: 'load', cursor: 'x' } }],
    ['pages', { pages: 'load' }],
    ['results.activity', { items: [], results: { taskQueue: 'q' } }],
    ['results.pageSize', { items: [], results: { activity: 'take', pageSize: 101 } }],
    ['maximumConcurrent', { items: [], maximumConcurrent: 0 }],
    ['maximumConcurrent', { items: [], maximumConcurrent: 501 }],
    ['maximumConcurrent', { items: [], maximumConcurrent: '5' }],
    ['onFailure', { items: [], onFailure: 'ask' }],
    ['maximumFailures', { items: [], maximumFailures: -1 }],
    ['maximumFailures', { items: [], maximumFailures: 3, onFailure: 'stop' }],
    ['defaults', { items: [], defaults: [] }],
    ['defaults.runMode', { items: [], defaults: { runMode: 'never' } }],
    ['defaults.poll.often', { items: [], defaults: { poll: { often: true } } }],
    ['defaults.colour', { items: [], defaults: { colour: 'red' } }],
    ['concurrency', { items: [], concurrency: 5 }],
    ['input', 'items'],
  ])('refuses a wrong %s, and names it alone: %j', (field, input) => {
    expect(Object.keys(problems(input))).toEqual([field]);
  });

  it('refuses what could not be carried into a new history, and says what to do', () => {
    const items = [{ inputs: { text: 'x'.repeat(1_500_000) } }];
    expect(problems({ items }).input).toContain('give the items in pages');
  });

  it('does not look into the items: what is wrong with one is the failure of that one', () => {
    expect(accepted({ items: [{ colour: 'red' }] }).items).toEqual([{ colour: 'red' }]);
  });

  it('lays the defaults below an item, field by field', () => {
    const defaults = { runMode: 'attended' as const, inputs: { a: 1 }, timeout: 60 };
    expect(itemWithDefaults({ inputs: { b: 2 }, timeout: null } as never, defaults)).toEqual({
      runMode: 'attended',
      inputs: { b: 2 },
      timeout: 60,
    });
  });
});

describe('a page of items', () => {
  it('is the last one where the cursor is null or left out', () => {
    expect(parsePage({ items: [item], nextCursor: null })).toEqual({ ok: true, value: { items: [item] } });
    expect(parsePage({ items: [] })).toEqual({ ok: true, value: { items: [] } });
  });

  it.each([
    [null, 'input'],
    [[item], 'input'],
    [{ nextCursor: 'x' }, 'items'],
    [{ items: [], nextCursor: 7 }, 'nextCursor'],
    [{ items: [], nextCursor: '' }, 'nextCursor'],
    [{ items: [], cursor: 'x' }, 'cursor'],
    [{ items: ['x'] }, 'items.0'],
  ])('is refused as %j, because of %s', (page, field) => {
    expect(parsePage(page)).toMatchObject({ ok: false, problems: [{ field }] });
  });
});

describe('the result of an item', () => {
  const run = {
    flowSessionId: 's',
    statusCode: 4,
    status: 'Succeeded',
    startedOn: null,
    completedOn: null,
  } as const;

  it('leaves out outputs that do not fit, and says so', () => {
    const outputs = { text: 'é'.repeat(MAX_RESULTS_BYTES / 2) };
    expect(itemSucceeded('b', 7, { ...run, outputs, attempts: [] })).toEqual({
      index: 7,
      workflowId: 'b/7',
      status: 'Succeeded',
      flowSessionId: 's',
      outputsLeftOut: true,
    });
  });

  it('keeps a message short that is long', () => {
    expect(itemFailed('b', 7, new Error('x'.repeat(9_000)))).toEqual({
      index: 7,
      workflowId: 'b/7',
      status: 'WorkflowFailed',
      message: 'x'.repeat(500),
    });
  });

  it('shares a page with others as far as there is room, and is alone in it where there is none', () => {
    const large = (bytes: number): BatchItemResult => ({
      index: 1,
      workflowId: 'b/1',
      status: 'Succeeded',
      outputs: { text: 'x'.repeat(bytes) },
    });
    const results = [large(900_000), large(900_000), large(900_000)];
    expect(countThatFits(results, 100)).toBe(2);
    expect(bytesOf(results.slice(0, 2))).toBeLessThanOrEqual(MAX_RESULTS_BYTES);
    expect(countThatFits([large(1_850_000), large(1_850_000)], 100)).toBe(1);
    expect(countThatFits([large(3_000_000)], 100)).toBe(1);
    expect(countThatFits([large(1), large(1), large(1)], 2)).toBe(2);
    expect(countThatFits([], 2)).toBe(0);
  });
});
