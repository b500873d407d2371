import { eventually, type Harness, startHarness } from '../helpers/harness';

const present = new Map<string, string>();
let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({ connector: { secrets: { get: async (name) => present.get(name) } } });
});

afterAll(() => harness.close());

describe('a worker that lost a secret of a run that is under way', () => {
  it('is waited out: the input was right, and the robot works on', async () => {
    present.set('TOKEN', harness.emulator.bearerToken);
    const input = {
      ...harness.flow({ duration: '2s', result: { ok: true } }),
      authentication: { type: 'bearer', token: '{{secrets.TOKEN}}' },
    };
    const handle = await harness.start(input);
    await handle.executeUpdate('awaitFlowSession');
    present.delete('TOKEN');
    const pending = await eventually(async () => {
      const { raw } = await handle.describe();
      return raw.pendingActivities?.find(({ attempt }) => (attempt ?? 0) > 1);
    });
    expect(pending.lastFailure?.message).toContain('the worker has no secret TOKEN');
    present.set('TOKEN', harness.emulator.bearerToken);
    await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true } });
    expect(harness.emulator.seen.counts.trigger).toBe(1);
  });
});

describe('a run that is refused for longer than scheduleToCloseTimeout while its robot works', () => {
  it('says that the robot may still be running', async () => {
    const input = { ...harness.flow({ duration: '1h' }), scheduleToCloseTimeout: '2s' };
    const handle = await harness.start(input);
    const { flowSessionId: sessionId } = (await handle.executeUpdate('awaitFlowSession')) as {
      flowSessionId: string;
    };
    harness.emulator.inject({ on: 'status', kind: 'status', httpStatus: 403, times: 'always', sessionId });
    await expect(handle.result()).rejects.toMatchObject({
      cause: {
        type: 'DataverseForbidden',
        message: expect.stringContaining(`The robot of run ${sessionId} may still be running`),
      },
    });
  });
});
