import { type EmulatorOptions, type FlowsFile, startEmulator } from '../../../src/testing/emulator';
import { ARCHIVE, call, cancel, ENTER, json, PAY, start, startWithClock, statusOf } from './helpers';

const HOUR = 3_600_000;
const flow = { id: ENTER, name: 'Robot', duration: '10s' };

async function withRobot(
  options: EmulatorOptions,
  body: (world: Awaited<ReturnType<typeof startWithClock>>) => Promise<void>,
) {
  const world = await startWithClock(options);
  try {
    await body(world);
  } finally {
    await world.emulator.close();
  }
}

const file = (definition: object, rest: object = {}): FlowsFile =>
  ({ flows: [{ ...flow, ...definition }], ...rest }) as FlowsFile;
const columns = 'statuscode,statecode,startedon,completedon,errorcode,errormessage';

test('an unattended machine runs one session at a time and takes high priority first, then first in first out', () =>
  withRobot({ flows: file({}) }, async ({ emulator, pass }) => {
    const ids = [await start(emulator), await start(emulator), await start(emulator)];
    const high = await start(emulator, { runPriority: 'high' });
    const statuses = () => Promise.all([...ids, high].map((id) => statusOf(emulator, id)));
    expect(await statuses()).toEqual([2, 3, 3, 3]);
    pass(10_000);
    expect(await statuses()).toEqual([4, 3, 3, 2]);
    pass(10_000);
    expect(await statuses()).toEqual([4, 2, 3, 4]);
    pass(20_000);
    expect(await statuses()).toEqual([4, 4, 4, 4]);
  }));

test('a jump of the clock leaves the times that would have been', () =>
  withRobot({ flows: file({ duration: '24h' }) }, async ({ emulator, pass }) => {
    await start(emulator, { timeout: 86_400 });
    const waiting = await start(emulator, { timeout: 60 });
    pass(5 * HOUR);
    expect(await statusOf(emulator, waiting)).toBe(3);
    emulator.setStatus(emulator.seen.sessions[0]?.id as string, 'Succeeded');
    pass(10 * HOUR);
    expect(await json(call(emulator, `flowsessions(${waiting})?$select=${columns}`))).toMatchObject({
      statuscode: 10,
      startedon: '2026-03-02T13:00:00Z',
      completedon: '2026-03-02T13:01:00Z',
      errorcode: 'DesktopFlowsActionTimeout',
    });
  }));

test('a run that waits for six hours fails with NoCandidateMachine', () => {
  const machines = [{ name: 'RPA-01', connections: ['shared-connection'], online: false }];
  return withRobot({ flows: file({}, { machines }) }, async ({ emulator, pass }) => {
    const id = await start(emulator);
    pass(6 * HOUR - 1);
    expect(await statusOf(emulator, id)).toBe(3);
    pass(1);
    expect(await json(call(emulator, `flowsessions(${id})?$select=${columns}`))).toMatchObject({
      statuscode: 8,
      statecode: 0,
      startedon: null,
      completedon: '2026-03-02T14:00:00Z',
      errorcode: 'NoCandidateMachine',
      errormessage: 'No machine able to run the desktop flow has been found. Aborting execution.',
    });
  });
});

test('a machine with several sessions and a group of machines run in parallel', () => {
  const machines = [
    { name: 'RPA-01', connections: ['shared-connection'], sessions: 2 },
    { name: 'RPA-02', connections: ['shared-connection'] },
  ];
  return withRobot({ flows: file({}, { machines }) }, async ({ emulator }) => {
    const ids = [await start(emulator), await start(emulator), await start(emulator), await start(emulator)];
    expect(await Promise.all(ids.map((id) => statusOf(emulator, id)))).toEqual([2, 2, 2, 3]);
    expect(emulator.seen.sessions.map(({ machine }) => machine)).toEqual([
      'RPA-01',
      'RPA-01',
      'RPA-02',
      undefined,
    ]);
  });
});

test('an unattended run on an attended machine fails with the reason', () => {
  const machines = [{ name: 'DESK', connections: ['shared-connection'], mode: 'attended' }];
  return withRobot({ flows: file({}, { machines }) }, async ({ emulator }) => {
    await start(emulator);
    await start(emulator, { runMode: 'attended' });
    expect(emulator.seen.sessions).toMatchObject([
      {
        status: 'Failed',
        errorCode: 'NoCandidateMachine',
        errorMessage: expect.stringContaining('There is a user session'),
      },
      { status: 'Running' },
    ]);
  });
});

test('the invoice flows succeed, succeed at the second attempt for the same inputs, and fail with an error code', () =>
  withRobot({}, async ({ emulator, pass }) => {
    const pay = async (invoice: string) => {
      const id = await start(emulator, { inputs: JSON.stringify({ InvoiceNumber: invoice }) }, PAY);
      pass(4000);
      return statusOf(emulator, id);
    };
    expect([await pay('R-1'), await pay('R-2'), await pay('R-1'), await pay('R-1')]).toEqual([9, 9, 4, 4]);
    const [entered, archived] = [
      await start(emulator),
      await start(emulator, { connectionName: 'b' }, ARCHIVE),
    ];
    pass(3000);
    expect(await statusOf(emulator, entered)).toBe(4);
    expect(await json(call(emulator, `flowsessions(${archived})?$select=${columns}`))).toMatchObject({
      statuscode: 8,
      errorcode: 'AttendedUserNotLoggedIn',
    });
  }));

test.each([
  ['queued', 'TimedOut', 10],
  ["statuses of one's own", 'Suspended', 6],
] as const)('the undocumented status of a %s case can be set', (_case, queued, code) =>
  withRobot({ flows: file({}), statuses: { queued } }, async ({ emulator }) => {
    await start(emulator);
    expect(await statusOf(emulator, await start(emulator))).toBe(code);
  }),
);

test('startedon is the time of the request where the options say so', () =>
  withRobot({ flows: file({}), startedOn: 'request' }, async ({ emulator }) => {
    await start(emulator);
    const queued = await start(emulator);
    const row = await json(call(emulator, `flowsessions(${queued})?$select=startedon`));
    expect(row.startedon).toBe('2026-03-02T08:00:00Z');
  }));

test('a row can become visible late', () =>
  withRobot({ flows: file({}), visibilityDelay: '2s' }, async ({ emulator, pass }) => {
    const id = await start(emulator);
    expect((await call(emulator, `flowsessions(${id})`)).status).toBe(404);
    pass(2000);
    expect(await statusOf(emulator, id)).toBe(2);
  }));

describe('cancel', () => {
  test('answers 204 and shows on a running run a little later', () =>
    withRobot({ flows: file({}) }, async ({ emulator, pass }) => {
      const id = await start(emulator);
      const response = await cancel(emulator, id);
      expect([response.status, await response.text()]).toEqual([204, '']);
      expect(await statusOf(emulator, id)).toBe(2);
      pass(200);
      expect(await statusOf(emulator, id)).toBe(7);
      expect(emulator.seen.sessions[0]?.cancelRequested).toBe(true);
    }));

  test('takes a queued run out at once and frees the place of a running one', () =>
    withRobot({ flows: file({}) }, async ({ emulator, pass }) => {
      const [running, queued, next] = [await start(emulator), await start(emulator), await start(emulator)];
      await cancel(emulator, queued);
      expect(await statusOf(emulator, queued)).toBe(7);
      await cancel(emulator, running);
      pass(200);
      expect(await statusOf(emulator, next)).toBe(2);
    }));

  test('of a finished run answers 204 and changes nothing', () =>
    withRobot({ flows: file({}) }, async ({ emulator, pass }) => {
      const id = await start(emulator);
      pass(10_000);
      expect((await cancel(emulator, id)).status).toBe(204);
      expect(await statusOf(emulator, id)).toBe(4);
    }));

  test('of a finished run can be refused', () =>
    withRobot(
      { flows: file({ duration: 0 }), answers: { cancelFinished: { status: 400, code: '0x80040265' } } },
      async ({ emulator }) => {
        const response = await cancel(emulator, await start(emulator));
        expect([response.status, (await json(response)).error.code]).toEqual([400, '0x80040265']);
      },
    ));

  test('of an unknown run is 404', () =>
    withRobot({}, async ({ emulator }) => {
      expect((await cancel(emulator, ENTER)).status).toBe(404);
    }));
});

describe('a forced status', () => {
  test('holds a run until it is let go', () =>
    withRobot({ flows: file({}) }, async ({ emulator, pass }) => {
      const id = await start(emulator);
      emulator.setStatus(id, 'Paused');
      pass(HOUR);
      expect(await statusOf(emulator, id)).toBe(1);
      emulator.setStatus(id, 'Running');
      expect(await statusOf(emulator, id)).toBe(4);
    }));

  test('may be a code that nobody knows, which ends nothing', () =>
    withRobot({ flows: file({}) }, async ({ emulator }) => {
      const id = await start(emulator);
      emulator.setStatus(id, 42);
      expect(await json(call(emulator, `flowsessions(${id})?$select=${columns}`))).toMatchObject({
        statuscode: 42,
        completedon: null,
      });
    }));

  test('that is final ends the run, frees its machine once and leaves the error', () =>
    withRobot({ flows: file({}) }, async ({ emulator }) => {
      const [id, second, third] = [await start(emulator), await start(emulator), await start(emulator)];
      emulator.setStatus(id, 'Terminated', { errorCode: 'NoListenerConnected' });
      emulator.setStatus(id, 'Faulted');
      expect([await statusOf(emulator, second), await statusOf(emulator, third)]).toEqual([2, 3]);
      emulator.setStatus(id, 'Deleted', { errorCode: 'NoListenerConnected' });
      expect(await json(call(emulator, `flowsessions(${id})?$select=${columns}`))).toMatchObject({
        statuscode: 13,
        statecode: 1,
        errormessage: expect.stringMatching(/^The endpoint was not found\./),
      });
    }));

  test('names the run or the status that it does not know', () =>
    withRobot({ flows: file({}) }, async ({ emulator }) => {
      const id = await start(emulator);
      expect(() => emulator.setStatus(ENTER, 'Paused')).toThrow(`There is no run ${ENTER}.`);
      expect(() => emulator.setStatus(id, 'Done' as 'Paused')).toThrow(
        /must be a status code or one of NotSpecified, /,
      );
    }));
});

test('without a clock of its own the emulator moves by itself', async () => {
  const emulator = await startEmulator({ flows: file({ duration: 1 }) });
  const id = await start(emulator);
  const path = `flowsessions(${id})?$select=statuscode`;
  let status = 0;
  while (status !== 4) {
    ({ statuscode: status } = await json(call(emulator, path)));
  }
  await emulator.close();
});
