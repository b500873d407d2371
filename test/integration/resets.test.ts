/** An operator resets workflows: no robot is started again, and no result is lost. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { RunDesktopFlowInput } from '../../src/common/input';
import type { DesktopFlowRunView } from '../../src/common/messages';
import type { RunDesktopFlowResult } from '../../src/common/result';
import { eventually, failureOf, type Harness, startHarness } from '../helpers/harness';
import { reset } from '../helpers/resets';

const SETTLING_WINDOW_MS = 2000;

describe.each([
  ['a key travels', 'http://127.0.0.1:9/callbacks'],
  ['no key travels', undefined],
])('where %s', (_, callbackBaseUrl) => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await startHarness({
      ownNamespace: true,
      connector: { requestTimeoutMs: 2000, settlingWindowMs: SETTLING_WINDOW_MS, callbackBaseUrl },
    });
  });

  afterAll(() => harness.close());

  const robotsOf = ({ flowId }: RunDesktopFlowInput) =>
    harness.emulator.seen.sessions.filter((session) => session.flowId === flowId).map(({ id }) => id);

  const isWaiting = (handle: WorkflowHandle) =>
    eventually(async () => {
      const { phase, flowSessionId } = await handle.query<DesktopFlowRunView>('desktopFlowRun');
      return phase === 'waiting' ? flowSessionId : undefined;
    });

  it('runs that are reset to their first workflow task take the robots that they had started', async () => {
    const flows = {
      running: [...Array(7)].map(() => harness.flow({ duration: '1h' })),
      succeeded: [...Array(7)].map(() => harness.flow()),
      faulted: [...Array(3)].map(() => harness.flow({ ends: ['Faulted', 'Succeeded'] })),
      cancelled: [...Array(3)].map(() => harness.flow({ duration: '1h' })),
    };
    const startAll = (inputs: RunDesktopFlowInput[]) =>
      Promise.all(inputs.map(async (input) => ({ input, handle: await harness.start(input) })));
    const running = await startAll(flows.running);
    const ended = await startAll([...flows.succeeded, ...flows.faulted]);
    const cancelled = await startAll(flows.cancelled);
    const before = await Promise.all(ended.map(({ handle }) => handle.result()));
    for (const { handle } of cancelled) {
      await isWaiting(handle);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    }
    await Promise.all(running.map(({ handle }) => isWaiting(handle)));
    const all = [...running, ...ended, ...cancelled];
    const robots = all.map(({ input }) => robotsOf(input));

    const handles = await Promise.all(all.map(({ handle }) => reset(harness.client, handle)));
    for (const [robot = ''] of robots.slice(0, 7)) harness.emulator.setStatus(robot, 'Succeeded');
    const after = await Promise.all(handles.slice(0, 17).map((handle) => handle.result()));
    expect(after.slice(7)).toEqual(before.map(({ licenseCheck: _, ...result }) => result));
    after
      .slice(0, 7)
      .forEach((result, index) => expect([result.flowSessionId]).toEqual(robots[index]));
    for (const handle of handles.slice(17)) {
      expect((await failureOf(handle)).failure.type).toBe('DesktopFlowCancelled');
    }
    expect(all.map(({ input }) => robotsOf(input))).toEqual(robots);
    expect(robots.flat()).toHaveLength(7 + 7 + 6 + 3);
  });
});
