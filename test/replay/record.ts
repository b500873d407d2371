/**
 * Not a test: `npm run record:histories` runs every scenario on the real dev server and keeps the histories, under
 * the version of this package. Histories of a version that was released are never recorded again: they are what
 * running workflows have behind them.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { version } from '../../package.json';
import { type Harness, startHarness } from '../helpers/harness';
import { BATCH_SCENARIOS, OWN_ACTIVITIES } from './batch-scenarios';
import { SCENARIOS } from './scenarios';
import { WATCHER_SCENARIOS } from './watcher-scenarios';

type History = Parameters<typeof historyToJSON>[0];

let harness: Harness;

beforeAll(async () => {
  const changelog = await readFile(path.join(__dirname, '..', '..', 'CHANGELOG.md'), 'utf8');
  if (changelog.includes(`## [${version}] - `)) {
    throw new Error(
      `Version ${version} is released: its histories are never recorded again. Raise version in package.json first.`,
    );
  }
  harness = await startHarness({
    emulator: { limits: { startsPerMinute: 10_000 } },
    connector: { settlingWindowMs: 1000 },
    activities: OWN_ACTIVITIES,
    sharedPolling: true,
  });
});

afterAll(() => harness?.close());

it.each(Object.entries({ ...SCENARIOS, ...BATCH_SCENARIOS, ...WATCHER_SCENARIOS }))(
  'records %s',
  async (name, { input, meanwhile, recorded, workflowType }) => {
    const handle = await harness.start(input(harness), workflowType);
    await meanwhile?.(handle, harness);
    await handle.result().catch(() => undefined);
    const { workflowId, firstExecutionRunId } = (await recorded?.(harness)) ?? handle;
    let part = 1;
    for (let runId: string | null | undefined = firstExecutionRunId; runId; part += 1) {
      const history = await harness.client.workflow.getHandle(workflowId, runId).fetchHistory();
      await keep(part === 1 ? name : `${name}-${part}`, history);
      runId = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    }
  },
  120_000,
);

/** Without what says where it was recorded: stack traces and worker identities hold paths and host names. */
async function keep(name: string, history: History): Promise<void> {
  const file = path.join(__dirname, 'histories', `${name}_${version}.json`);
  const json = JSON.parse(historyToJSON(history), (key, value) => {
    if (key === 'stackTrace') return '';
    return key === 'identity' ? 'recorder' : value;
  });
  await writeFile(file, `${JSON.stringify(json)}\n`);
}
