import { eventually, type Harness } from '../../helpers/harness';
import { itTakesLong, LONG } from '../../helpers/long-tests';
import { useTimeSkipping } from '../../helpers/time-skipping';

/** `npm run test:long` has the whole day. */
const LONG_HOURS = LONG ? 24 : 10;

let harness: Harness;

useTimeSkipping({ connector: { settlingWindowMs: 500 } }, (started) => {
  harness = started;
});

const hours = (input: object) => ({
  ...input,
  poll: { initialInterval: '5s', maximumInterval: '60s' },
  retry: undefined,
});

function sessionsOf(input: { flowId: string }) {
  return harness.emulator.seen.sessions.filter(({ flowId }) => flowId === input.flowId);
}

function requestsOf(input: { flowId: string }) {
  const sessions = new Set(sessionsOf(input).map(({ id }) => id));
  return harness.emulator.seen.requests.filter(
    ({ flowId, sessionId }) => flowId === input.flowId || (sessionId && sessions.has(sessionId)),
  );
}

/** Events of each execution in a chain of continue-as-new. */
async function historyLengths(workflowId: string, firstRunId: string): Promise<number[]> {
  const lengths: number[] = [];
  for (let runId: string | null | undefined = firstRunId; runId; ) {
    const { events } = await harness.client.workflow.getHandle(workflowId, runId).fetchHistory();
    lengths.push(events?.length ?? 0);
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return lengths;
}

describe('RunDesktopFlow', () => {
  it('starts a robot, waits for its end and brings its outputs', async () => {
    const input = harness.flow({ duration: '10m', result: { Booking: 'B-{{inputs.Invoice}}' } });
    const result = await harness.run(hours({ ...input, inputs: { Invoice: 7 } }));
    const [session] = sessionsOf(input);
    expect(result).toEqual({
      flowSessionId: session?.id,
      statusCode: 4,
      status: 'Succeeded',
      startedOn: expect.stringMatching(/^2\d{3}-.*Z$/),
      completedOn: expect.stringMatching(/^2\d{3}-.*Z$/),
      outputs: { Booking: 'B-7' },
      attempts: [expect.objectContaining({ flowSessionId: session?.id, status: 'Succeeded' })],
      licenseCheck: { code: 'ValidLicenseCoverage', message: 'Valid License Coverage' },
    });
    expect(requestsOf(input).filter(({ kind }) => kind === 'trigger')).toHaveLength(1);
    expect(requestsOf(input).filter(({ kind }) => kind === 'outputs')).toHaveLength(1);
  });

  it.each(['Faulted', 'TimedOut'] as const)(
    'starts a new robot after %s, as often as it may',
    async (status) => {
      const input = harness.flow({ ends: [status, status, 'Succeeded'] });
      const result = await harness.run(hours(input));
      expect(result.attempts.map((attempt) => attempt.status)).toEqual([status, status, 'Succeeded']);
      expect(new Set(result.attempts.map(({ flowSessionId }) => flowSessionId)).size).toBe(3);
      const created = sessionsOf(input).map(({ createdOn }) => createdOn);
      const waits = created.slice(1).map((at, index) => at - (created[index] ?? 0));
      expect(waits[0]).toBeGreaterThanOrEqual(30_000);
      expect(waits[1]).toBeGreaterThanOrEqual(60_000);
    },
  );

  it('waits for a robot of many hours in histories that stay short', async () => {
    const input = harness.flow({ duration: `${LONG_HOURS}h`, result: { Done: true } });
    // In several histories; of the default minute it would be three times as many looks, and take as long.
    const poll = { initialInterval: '3m', maximumInterval: '3m' };
    const handle = await harness.start({ ...hours(input), poll, timeout: 86_400 });
    await expect(handle.result()).resolves.toMatchObject({ outputs: { Done: true } });
    const runs = await historyLengths(handle.workflowId, handle.firstExecutionRunId);
    expect(runs.length).toBeGreaterThan(1);
    expect(Math.max(...runs)).toBeLessThan(4096);
    expect(sessionsOf(input)).toHaveLength(1);
  }, 120_000);

  itTakesLong('looks on at a status that nobody knows', async () => {
    const input = harness.flow({ duration: '1m', ends: { status: 42 } });
    const handle = await harness.start(hours(input));
    await harness.env.sleep('10m');
    await expect(handle.query('desktopFlowRun')).resolves.toMatchObject({
      statusCode: 42,
      status: 'Unknown',
    });
    harness.emulator.setStatus(sessionsOf(input)[0]?.id ?? '', 'Succeeded');
    await expect(handle.result()).resolves.toMatchObject({ status: 'Succeeded' });
  });

  it('takes a row that is not visible yet for a robot that was started', async () => {
    const input = harness.flow({ duration: '5m' });
    harness.emulator.inject({ on: 'trigger', kind: 'invisible', duration: '45s', flowId: input.flowId });
    await expect(harness.run(hours(input))).resolves.toMatchObject({ status: 'Succeeded' });
    expect(sessionsOf(input)).toHaveLength(1);
  });

  it('fails with DataverseNotFound, and the reason to suspect, when the row never becomes visible', async () => {
    const input = harness.flow({ duration: '5m' });
    harness.emulator.inject({ on: 'trigger', kind: 'invisible', duration: '2h', flowId: input.flowId });
    const { failure, details } = await harness.fail(hours(input));
    expect(failure).toMatchObject({ type: 'DataverseNotFound', message: expect.stringContaining('Owner') });
    expect(details.flowSessionId).toBe(sessionsOf(input)[0]?.id);
  });

  it('looks at once when a signal says that the robot has ended, and believes Dataverse alone', async () => {
    const input = harness.flow({ duration: '1h' });
    const handle = await harness.start({ ...input, poll: { initialInterval: '12h' } });
    const { flowSessionId } = (await handle.executeUpdate('awaitFlowSession')) as { flowSessionId: string };
    await handle.signal('desktopFlowCompleted', { flowSessionId: flowSessionId.toUpperCase() });
    await handle.signal('desktopFlowCompleted', { flowSessionId: 'another' });
    await handle.signal('desktopFlowCompleted', null);
    await harness.env.sleep('2h');
    await expect(handle.query('desktopFlowRun')).resolves.toMatchObject({
      status: 'Running',
      phase: 'waiting',
    });
    await handle.signal('desktopFlowCompleted', { flowSessionId });
    await expect(handle.result()).resolves.toMatchObject({ status: 'Succeeded' });
    // By the run's own times: once all is done the server skips on by itself.
    const { startTime, closeTime = new Date(0) } = await handle.describe();
    expect(closeTime.getTime() - startTime.getTime()).toBeLessThan(3 * 3_600_000);
    const looks = requestsOf(input).filter(({ kind, status }) => kind === 'status' && status === 200);
    expect(looks).toHaveLength(2);
  });

  it('answers the update awaitFlowSession with the failure when no robot is ever started', async () => {
    const input = harness.flow();
    harness.emulator.inject({ on: 'trigger', kind: 'status', httpStatus: 403, flowId: input.flowId });
    harness.emulator.inject({ on: 'trigger', kind: 'delay', duration: '300ms', flowId: input.flowId });
    const handle = await harness.start(input);
    await expect(handle.executeUpdate('awaitFlowSession')).rejects.toMatchObject({
      cause: { type: 'DataverseForbidden' },
    });
    await expect(handle.result()).rejects.toThrow();
  });

  it('stops the robot when it is cancelled, and ends as cancelled', async () => {
    const input = harness.flow({ duration: '1h' });
    const handle = await harness.start(hours(input));
    await handle.executeUpdate('awaitFlowSession');
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(sessionsOf(input)).toMatchObject([{ cancelRequested: true, status: 'Cancelled' }]);
  });

  it('stops a robot whose row is not visible yet', async () => {
    const input = harness.flow({ duration: '1h' });
    harness.emulator.inject({ on: 'trigger', kind: 'invisible', duration: '30s', flowId: input.flowId });
    const handle = await harness.start(hours(input));
    await handle.executeUpdate('awaitFlowSession');
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(sessionsOf(input)).toMatchObject([{ cancelRequested: true, status: 'Cancelled' }]);
  });

  itTakesLong('names the robot that it could not stop', async () => {
    const input = harness.flow({ duration: '1h' });
    const handle = await harness.start(hours(input));
    const { flowSessionId } = (await handle.executeUpdate('awaitFlowSession')) as { flowSessionId: string };
    harness.emulator.inject({ on: 'cancel', kind: 'status', httpStatus: 204, sessionId: flowSessionId });
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'DesktopFlowTimedOut', message: expect.stringContaining(flowSessionId) },
    });
  });

  it('ends as cancelled when it is cancelled while Dataverse refuses the trigger for a while', async () => {
    const input = harness.flow();
    harness.emulator.inject({ on: 'token', kind: 'status', httpStatus: 503, times: 'always' });
    harness.emulator.revokeTokens();
    const handle = await harness.start(hours(input));
    await eventually(() =>
      harness.emulator.seen.requests.some(({ kind, status }) => kind === 'token' && status === 503),
    );
    // Between two tries: the time-skipping server refuses a workflow task that cancels an activity which has just failed
    // (ACTIVITY_UNKNOWN), again and again. Temporal's own server takes it.
    await eventually(async () => (await handle.fetchHistory()).events?.at(-1)?.timerStartedEventAttributes);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    harness.emulator.clearFaults();
    expect(sessionsOf(input)).toHaveLength(0);
  });

  itTakesLong(
    'ends as out of reach when Dataverse answers nothing but 503 for too long',
    async () => {
      const input = harness.flow({ duration: '1h' });
      const scheduleToCloseTimeout = `${LONG_HOURS}h`;
      const handle = await harness.start({ ...hours(input), scheduleToCloseTimeout });
      await handle.executeUpdate('awaitFlowSession');
      harness.emulator.inject({ on: 'status', kind: 'status', httpStatus: 503, times: 'always' });
      await expect(handle.result()).rejects.toMatchObject({
        cause: {
          type: 'DesktopFlowTimedOut',
          details: [{ origin: 'orchestrator', dataverse: { httpStatus: 503 } }],
        },
      });
      harness.emulator.clearFaults();
      expect(sessionsOf(input)).toHaveLength(1);
    },
    240_000,
  );
});
