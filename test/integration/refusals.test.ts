/** A robot that is started is not given up because Dataverse refuses its run for a while. */
import type { Fault } from '../../src/testing/emulator';
import { detailsOf, eventually, type Harness, startHarness } from '../helpers/harness';
import { sampleOf } from '../helpers/long-tests';

let harness: Harness;

beforeEach(async () => {
  harness = await startHarness();
});

afterEach(() => harness.close());

const refusedOf = (httpStatus: number): Fault[] =>
  (['status', 'query', 'outputs'] as const).map((on) => ({
    on,
    kind: 'status',
    httpStatus,
    times: 'always',
  }));

const REFUSALS: [string, Fault[]][] = [
  ['403', refusedOf(403)],
  ['401', refusedOf(401)],
  ['400', refusedOf(400)],
  [
    'the token endpoint, which refuses the secret',
    [{ on: 'token', kind: 'tokenError', situation: 'wrongSecret', times: 'always' }],
  ],
];

it.each(sampleOf(REFUSALS, 0, 3))(
  'five runs wait out %s, and each gets the result of its one robot',
  async (_what, faults) => {
    const flow = harness.flow({ duration: '1h', result: { ok: true } });
    const handles = await Promise.all([1, 2, 3, 4, 5].map(() => harness.start(flow)));
    await Promise.all(handles.map((handle) => handle.executeUpdate('awaitFlowSession')));
    for (const fault of faults) harness.emulator.inject(fault);
    harness.emulator.revokeTokens();
    for (const handle of handles) {
      const details = await eventually(async () => {
        const shown = await detailsOf(handle);
        return shown.includes('Dataverse has refused access since') && shown;
      });
      expect(details).toContain('Check the application user, its roles and its secret');
    }
    harness.emulator.clearFaults();
    for (const { id } of harness.emulator.seen.sessions) harness.emulator.setStatus(id, 'Succeeded');
    const results = await Promise.all(handles.map((handle) => handle.result()));
    expect(results).toMatchObject(handles.map(() => ({ status: 'Succeeded', outputs: { ok: true } })));
    expect(harness.emulator.seen.sessions).toHaveLength(5);
    for (const handle of handles) expect(await detailsOf(handle)).not.toContain('refused');
  },
);

it.each(sampleOf([403, 401, 499], 2))(
  'a run that is cancelled while %d is answered has its robot stopped',
  async (httpStatus) => {
    const handle = await harness.start(harness.flow({ duration: '1h' }));
    await handle.executeUpdate('awaitFlowSession');
    for (const on of ['status', 'query', 'cancel'] as const) {
      harness.emulator.inject({ on, kind: 'status', httpStatus, times: 'always' });
    }
    await handle.cancel();
    await eventually(() =>
      harness.emulator.seen.requests.some(({ kind, status }) => kind === 'cancel' && status === httpStatus),
    );
    harness.emulator.clearFaults();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(harness.emulator.seen.sessions).toMatchObject([{ status: 'Cancelled' }]);
  },
);

it('a robot whose row is hidden for a while after it was seen is waited for', async () => {
  const handle = await harness.start(harness.flow({ duration: '1h', result: { ok: true } }));
  const { flowSessionId: sessionId } = (await handle.executeUpdate('awaitFlowSession')) as {
    flowSessionId: string;
  };
  await eventually(
    async () => (await handle.query<{ status: string | null }>('desktopFlowRun')).status !== null,
  );
  harness.emulator.inject({ on: 'status', kind: 'status', httpStatus: 404, times: 'always', sessionId });
  await eventually(async () => (await detailsOf(handle)).includes('does not show the run'));
  harness.emulator.clearFaults();
  harness.emulator.setStatus(sessionId, 'Succeeded');
  await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true } });
});
