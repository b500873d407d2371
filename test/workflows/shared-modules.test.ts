/** All runs of a worker share the modules of the bundle, so none of these may keep anything of a run. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { bundle } from '../helpers/bundle';
import { startHarness } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

const ROOT = path.join(__dirname, '..', '..');
const WORKER_BUNDLE = path.join(ROOT, 'src', 'workflows', 'worker-bundle.ts');
const STATEFUL = path.join(__dirname, 'fixtures', 'counts-runs.ts');

/** Variables, and containers that begin empty. */
const STATE = /^(?:export )?(?:(?:let|var) .*|const .* = (?:new \w+(?:<.*>)?\(\)|\[\]|\{\});)$/gm;

/** Is set while the modules are loaded, and never again. */
const SET_ONCE = 'let isEnabled = false;';

function stateIn(file: string): string[] {
  return (readFileSync(file, 'utf8').match(STATE) ?? []).filter((line) => line !== SET_ONCE);
}

it('no module of the bundle keeps state', async () => {
  const { code } = await bundle(WORKER_BUNDLE);
  const ours = new Set(
    [...code.matchAll(/^\/\*\*\*\/ "\.\/(src\/[^"]+)"/gm)].map(([, file]) => file as string),
  );
  expect(ours).toContain('src/workflows/run/state.ts');
  const found = [...ours].flatMap((file) => stateIn(path.join(ROOT, file)).map((line) => `${file}: ${line}`));
  expect(found).toEqual([]);
});

it('would find what keeps state', () => {
  expect(stateIn(STATEFUL)).toEqual(['let runs = 0;']);
});

itTakesLong('a second run does not load the modules again', async () => {
  const harness = await startHarness();
  try {
    const { env } = harness;
    const taskQueue = `shared-modules-${randomUUID()}`;
    const worker = await Worker.create({
      connection: env.nativeConnection,
      namespace: env.namespace,
      taskQueue,
      workflowBundle: await bundle(STATEFUL),
    });
    const count = () => env.client.workflow.execute('countRuns', { taskQueue, workflowId: randomUUID() });
    expect(await worker.runUntil(async () => [await count(), await count()])).toEqual([1, 2]);
  } finally {
    await harness.close();
  }
});
