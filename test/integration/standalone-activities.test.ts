/** The operations as standalone activities, without a workflow: on the real dev server. */
import { randomUUID } from 'node:crypto';
import type { TriggerFlowRunResult } from '../../src/common/activities';
import type { RunDesktopFlowInput } from '../../src/common/input';
import { eventually, type Harness, startHarness } from '../helpers/harness';

const SETTLING_WINDOW_MS = 1500;

let harness: Harness;

const connector = { requestTimeoutMs: 2000, settlingWindowMs: SETTLING_WINDOW_MS };

afterEach(() => harness.close());

/** What the activities take of an input of the workflow. */
const triggerOf = ({ flowId, connectionName, runMode }: RunDesktopFlowInput) => ({
  flowId,
  connectionName,
  runMode,
});

const start = (activity: string, input: object, id: string = randomUUID()) =>
  harness.client.activity.start(activity, {
    id,
    taskQueue: harness.taskQueue,
    args: [input],
    startToCloseTimeout: '5m',
    heartbeatTimeout: '10s',
  });

describe('with a callback base', () => {
  beforeEach(async () => {
    harness = await startHarness({
      connector: { ...connector, callbackBaseUrl: 'http://127.0.0.1:9/callbacks' },
    });
  });

  it('one id used three times starts three robots, also where the second answer is lost', async () => {
    const input = harness.flow({ duration: '1h' });
    const id = randomUUID();
    const started: string[] = [];
    for (const number of [1, 2, 3]) {
      if (number === 2) harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: input.flowId });
      const result: TriggerFlowRunResult = await (
        await start('triggerFlowRun', triggerOf(input), id)
      ).result();
      expect(result.duplicates).toBeUndefined();
      started.push(result.flowSessionId);
    }
    const { sessions } = harness.emulator.seen;
    expect(sessions.map((session) => session.id)).toEqual(started);
    expect(sessions.map(({ cancelRequested }) => cancelRequested)).toEqual([false, false, false]);
  });

  it('the status, the outputs and the end of a robot can be had, each by itself', async () => {
    const input = harness.flow({ duration: '1h', result: { ok: true } });
    const { flowSessionId }: TriggerFlowRunResult = await (
      await start('triggerFlowRun', triggerOf(input))
    ).result();
    const status = () => start('getFlowRunStatus', { flowSessionId }).then((handle) => handle.result());
    await expect(status()).resolves.toMatchObject({ flowSessionId, status: 'Running' });
    await (await start('cancelFlowRun', { flowSessionId })).result();
    await eventually(async () => ((await status()) as { status: string }).status === 'Cancelled');
    const other = harness.flow({ result: { ok: true } });
    const started: TriggerFlowRunResult = await (await start('triggerFlowRun', triggerOf(other))).result();
    const outputs = await start('getFlowOutputs', { flowSessionId: started.flowSessionId });
    await expect(outputs.result()).resolves.toEqual({ outputs: { ok: true } });
  });
});

describe('without a callback base', () => {
  beforeEach(async () => {
    harness = await startHarness({ connector: { ...connector, callbackBaseUrl: 'off' }, ownNamespace: true });
  });

  it('a lost answer is never taken for the robot of another activity', async () => {
    const input = harness.flow({ duration: '1h' });
    await (await start('triggerFlowRun', triggerOf(input))).result();
    harness.emulator.inject({ on: 'trigger', kind: 'lostRequest', flowId: input.flowId });
    const handle = await start('triggerFlowRun', triggerOf(input));
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'TriggerOutcomeUnknown' } });
    expect(harness.emulator.seen.sessions).toHaveLength(1);
  });

  it('a run whose trigger never arrived does not take the robot of a standalone activity for its own', async () => {
    const input = harness.flow({ duration: '1h' });
    await (await start('triggerFlowRun', triggerOf(input))).result();
    harness.emulator.inject({ on: 'trigger', kind: 'lostRequest', flowId: input.flowId });
    const { failure } = await harness.fail(input);
    expect(failure.type).toBe('TriggerOutcomeUnknown');
    expect(failure.message).toContain('standalone activities');
  });
});
