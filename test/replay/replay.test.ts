import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DataConverter } from '@temporalio/common';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { readDataConverter } from '../../src/data-converter';
import * as patches from '../../src/workflows/support/patches';
import { bundle, workflowBundle } from '../helpers/bundle';
import { LONG } from '../helpers/long-tests';
import { BATCH_SCENARIOS } from './batch-scenarios';
import { SCENARIOS } from './scenarios';
import { WATCHER_SCENARIOS } from './watcher-scenarios';

const HISTORIES = path.join(__dirname, 'histories');
const WORKFLOWS = path.join(__dirname, '..', '..', 'src', 'workflows');
/** Of its histories `npm test` replays each third with the workflow of the worker process, and `npm run test:long` all. */
const NEWEST_RELEASE = '_0.4.0.json';
const files = readdirSync(HISTORIES).filter((file) => file.endsWith('.json'));

interface RecordedHistory {
  events: {
    workflowExecutionStartedEventAttributes?: { workflowId?: string };
    markerRecordedEventAttributes?: { details?: Record<string, { payloads?: { data: string }[] }> };
  }[];
}

/** As Temporal's core marks the way that a workflow has taken. */
function patchesIn({ events }: RecordedHistory): string[] {
  return events.flatMap(({ markerRecordedEventAttributes: marker }) =>
    (marker?.details?.['patch-data']?.payloads ?? []).map(
      ({ data }): string => JSON.parse(Buffer.from(data, 'base64').toString('utf8')).id,
    ),
  );
}

const readHistory = (file: string): RecordedHistory =>
  JSON.parse(readFileSync(path.join(HISTORIES, file), 'utf8'));

/**
 * Replays histories, one after another in one worker, and tells of each what was wrong with it. Each under the id that it
 * was recorded with: a batch names its children after itself.
 */
async function replay(
  workflowBundle: WorkflowBundleWithSourceMap,
  names: readonly string[],
  dataConverter: DataConverter = {},
): Promise<Map<string, Error | undefined>> {
  const recorded = names.map((name) => {
    const history = readHistory(name);
    const { workflowId = name } = history.events[0]?.workflowExecutionStartedEventAttributes ?? {};
    return { workflowId, history };
  });
  const errors = new Map<string, Error | undefined>();
  for await (const { error } of Worker.runReplayHistories({ workflowBundle, dataConverter }, recorded))
    errors.set(names[errors.size] ?? '', error);
  return errors;
}

describe('a history of a run, recorded without traces', () => {
  let errors: Map<string, Error | undefined>;

  beforeAll(async () => {
    errors = await replay(await workflowBundle(), files);
  }, 120_000);

  it.each(files)('is replayed by the workflow as it is now: %s', (file) => {
    expect(errors.has(file)).toBe(true);
    expect(errors.get(file)).toBeUndefined();
  });

  it('is replayed by the workflow of the worker process too, with its queue of starts, traces, versions and encryption', async () => {
    const pathOf = (name: string) => path.join(WORKFLOWS, `${name}.ts`);
    const workflowBundle = await bundle(
      pathOf('versioned-worker-bundle'),
      [pathOf('trace-interceptors')],
      pathOf('../common/encoded-failures'),
    );
    const keys = `one:${randomBytes(32).toString('base64')}`;
    const dataConverter = readDataConverter({ PAYLOAD_ENCRYPTION_KEYS: keys });
    const newest = files.filter((file) => file.endsWith(NEWEST_RELEASE));
    const chosen = LONG ? files : newest.filter((_file, index) => index % 3 === 0);
    expect(chosen.length).toBeGreaterThan(10);
    const replayed = await replay(workflowBundle, chosen, dataConverter);
    expect([...replayed]).toEqual(chosen.map((file) => [file, undefined]));
  }, 120_000);

  it('is there for every path that a run can take', () => {
    const recorded = new Set(files.map((file) => file.replace(/_.*$/, '')));
    const all = { ...SCENARIOS, ...BATCH_SCENARIOS, ...WATCHER_SCENARIOS };
    expect(Object.keys(all).filter((name) => !recorded.has(name))).toEqual([]);
  });

  it('is there for every patch, but for those of resets', () => {
    const { RESET_ROBOTS_ARE_FOUND, EARLIER_ITEMS_ARE_FOLLOWED, ...others } = patches;
    const marked = new Set(files.flatMap((file) => patchesIn(readHistory(file))));
    expect(Object.values(others).filter((id) => !marked.has(id))).toEqual([]);
    // A replay has the run id of before the reset, so nothing tells the workflow that there was one.
    expect([RESET_ROBOTS_ARE_FOUND, EARLIER_ITEMS_ARE_FOLLOWED].filter((id) => marked.has(id))).toEqual([]);
  });

  it('is not replayed by a workflow that was changed in its order of steps', async () => {
    const changed = await bundle(
      path.join(__dirname, '..', 'workflows', 'fixtures', 'waits-before-trigger.ts'),
    );
    const succeeds = files.filter((file) => file.startsWith('succeeds_'));
    const errors = await replay(changed, succeeds);
    expect(errors.size).toBeGreaterThan(0);
    for (const error of errors.values()) expect(error).toBeInstanceOf(DeterminismViolationError);
  });

  it('tells nothing of the machine on which it was recorded', () => {
    for (const file of files) {
      const text = readFileSync(path.join(HISTORIES, file), 'utf8');
      expect(text).not.toMatch(/"stackTrace":"[^"]/);
      expect(text).not.toMatch(/\/(home|root|work|Users)\//);
    }
  });
});
