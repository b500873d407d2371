/** Deadlines, cancellation and what becomes of the robot: with time that is skipped. */
import type { RunDesktopFlowInput } from '../../../src/common/input';
import { eventually, type Harness } from '../../helpers/harness';
import { itTakesLong } from '../../helpers/long-tests';
import { useTimeSkipping } from '../../helpers/time-skipping';

let harness: Harness;

useTimeSkipping(
  {
    connector: { callbackBaseUrl: 'http://127.0.0.1:9', settlingWindowMs: 500, requestTimeoutMs: 2000 },
  },
  (started) => {
    harness = started;
  },
);

const patient = (input: RunDesktopFlowInput) => ({
  ...input,
  poll: { initialInterval: '5s', maximumInterval: '60s' },
});

function sessionsOf({ flowId }: RunDesktopFlowInput) {
  return harness.emulator.seen.sessions.filter((session) => session.flowId === flowId);
}

/** Holds the robot in the queue from its start on. */
function inQueue(definition = {}) {
  return harness.flow({ ends: [{ status: 'Waiting', duration: 0 }, 'Succeeded'], ...definition });
}

/** By Temporal's account: once nothing is open, the server's own clock may jump ahead by years. */
async function tookMs(workflowId: string): Promise<number> {
  const { startTime, closeTime } = await harness.client.workflow.getHandle(workflowId).describe();
  return Number(closeTime) - Number(startTime);
}

describe('queueTimeout', () => {
  it('stops the robot that is still in the queue, and starts a new one, as after TimedOut', async () => {
    const input = inQueue();
    const result = await harness.run({ ...patient(input), queueTimeout: '10m' });
    expect(result.attempts).toMatchObject([
      { status: 'Cancelled', stoppedFor: 'queueTimeout' },
      { status: 'Succeeded' },
    ]);
    expect(sessionsOf(input)).toHaveLength(2);
  });

  itTakesLong('ends as DesktopFlowTimedOut of the orchestrator, when no attempt is left', async () => {
    const input = inQueue();
    const { failure, details, workflowId } = await harness.fail({
      ...patient(input),
      queueTimeout: '10m',
      retry: { maximumAttempts: 1 },
    });
    expect(failure.type).toBe('DesktopFlowTimedOut');
    expect(details).toMatchObject({ origin: 'orchestrator', deadline: 'queueTimeout', status: 'Cancelled' });
    expect(await tookMs(workflowId)).toBeGreaterThanOrEqual(600_000);
    expect(await tookMs(workflowId)).toBeLessThan(660_000);
    expect(sessionsOf(input)).toMatchObject([{ cancelRequested: true, status: 'Cancelled' }]);
  });

  itTakesLong('leaves the robot, and starts no other, where the caller wants it', async () => {
    const input = inQueue();
    const { failure, details } = await harness.fail({
      ...patient(input),
      queueTimeout: '10m',
      onQueueTimeout: 'leave',
    });
    const [session] = sessionsOf(input);
    expect(failure).toMatchObject({
      type: 'DesktopFlowTimedOut',
      message: expect.stringContaining(String(session?.id)),
    });
    expect(details).toMatchObject({ origin: 'orchestrator', deadline: 'queueTimeout' });
    expect(sessionsOf(input)).toMatchObject([{ cancelRequested: false, status: 'Waiting' }]);
  });

  itTakesLong('does not touch a robot that has left the queue', async () => {
    const input = harness.flow({ duration: '2h' });
    await expect(harness.run({ ...patient(input), queueTimeout: '1m' })).resolves.toMatchObject({
      status: 'Succeeded',
    });
    expect(sessionsOf(input)).toHaveLength(1);
  });
});

describe('timeout', () => {
  itTakesLong('stops a robot that Dataverse lets run on well past it', async () => {
    // Held in Running for ever, as the emulator would otherwise end it at its time-out.
    const input = harness.flow({ duration: '1h' });
    const handle = await harness.start({ ...patient(input), timeout: 600, retry: { maximumAttempts: 1 } });
    const { flowSessionId } = (await handle.executeUpdate('awaitFlowSession')) as { flowSessionId: string };
    harness.emulator.setStatus(flowSessionId, 'Suspended');
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'DesktopFlowTimedOut', details: [{ origin: 'orchestrator', deadline: 'timeout' }] },
    });
    expect(sessionsOf(input)).toMatchObject([{ cancelRequested: true, status: 'Cancelled' }]);
  });

  itTakesLong('is a TimedOut of the robot where Dataverse ends it by itself', async () => {
    const input = harness.flow({ duration: '1h' });
    const { failure, details } = await harness.fail({
      ...patient(input),
      timeout: 60,
      retry: { maximumAttempts: 1 },
    });
    expect(failure.type).toBe('DesktopFlowTimedOut');
    expect(details).toMatchObject({ origin: 'desktopFlow', status: 'TimedOut' });
  });
});

describe('deadline', () => {
  it.each([
    ['stop', { cancelRequested: true, status: 'Cancelled' }],
    ['leave', { cancelRequested: false, status: 'Running' }],
  ] as const)('ends the whole, and the robot is to %s', async (onDeadline, session) => {
    const input = harness.flow({ duration: '10h' });
    const { failure, details, workflowId } = await harness.fail({
      ...patient(input),
      deadline: '1h',
      onDeadline,
    });
    expect(failure.type).toBe('DesktopFlowTimedOut');
    expect(details).toMatchObject({ origin: 'orchestrator', deadline: 'deadline' });
    expect(await tookMs(workflowId)).toBeLessThan(3_900_000);
    expect(sessionsOf(input)).toMatchObject([session]);
  });

  itTakesLong('covers all attempts, and the waits between them', async () => {
    const input = harness.flow({ duration: '1m', ends: 'Faulted' });
    const retry = { maximumAttempts: 100, initialInterval: '10m', maximumInterval: '10m' };
    const { failure, details } = await harness.fail({ ...patient(input), retry, deadline: '1h' });
    expect(failure.type).toBe('DesktopFlowTimedOut');
    expect(details.attempts.length).toBeGreaterThan(2);
    expect(sessionsOf(input)).toHaveLength(details.attempts.length);
  });

  itTakesLong(
    'lasts over continue-as-new',
    async () => {
      const input = harness.flow({ duration: '24h' });
      const poll = { initialInterval: '5m', maximumInterval: '5m' };
      const { failure } = await harness.fail({ ...patient(input), poll, timeout: 86_400, deadline: '20h' });
      expect(failure.type).toBe('DesktopFlowTimedOut');
      expect(sessionsOf(input)).toMatchObject([{ status: 'Cancelled' }]);
    },
    120_000,
  );

  it('is the one that counts when it passes while the trigger is in flight', async () => {
    const input = harness.flow({ duration: '10h' });
    harness.emulator.inject({
      on: 'trigger',
      kind: 'status',
      httpStatus: 429,
      times: 'always',
      flowId: input.flowId,
    });
    const { failure } = await harness.fail({ ...patient(input), deadline: '1h' });
    expect(failure).toMatchObject({ type: 'DesktopFlowTimedOut' });
    expect(sessionsOf(input)).toHaveLength(0);
  });
});

describe('a run that somebody else has started', () => {
  it('is waited for, gives its outputs, and is never started again', async () => {
    const { flowId } = harness.flow({ duration: '1h', result: { Done: true } });
    const flowSessionId = harness.emulator.startForeignRun({ flowId });
    const poll = { initialInterval: '1m' };
    await expect(harness.run({ flowSessionId: flowSessionId.toUpperCase(), poll })).resolves.toMatchObject({
      flowSessionId,
      outputs: { Done: true },
      attempts: [{ flowSessionId }],
    });
    expect(sessionsOf({ flowId } as RunDesktopFlowInput)).toHaveLength(1);
  });

  itTakesLong('is not started again when it faulted', async () => {
    const { flowId } = harness.flow({ duration: '1m', ends: 'Faulted' });
    const flowSessionId = harness.emulator.startForeignRun({ flowId });
    const { failure } = await harness.fail({ flowSessionId });
    expect(failure.type).toBe('DesktopFlowFaulted');
    expect(sessionsOf({ flowId } as RunDesktopFlowInput)).toHaveLength(1);
  });

  it('takes no field that would start one', async () => {
    const { failure, details } = await harness.fail({
      ...harness.flow(),
      flowSessionId: crypto.randomUUID(),
    });
    expect(failure.type).toBe('InvalidInput');
    const fields = details.problems?.map(({ field }) => field).toSorted();
    expect(fields).toEqual(['connectionName', 'flowId', 'retry', 'runMode']);
  });

  it('fails with DataverseNotFound when there is no such run', async () => {
    const { failure } = await harness.fail({ flowSessionId: crypto.randomUUID() });
    expect(failure.type).toBe('DataverseNotFound');
  });
});

describe('a cancelled run', () => {
  itTakesLong('leaves its robot where the caller wants it', async () => {
    const input = harness.flow({ duration: '1h' });
    const handle = await harness.start({ ...patient(input), onCancel: 'leave' });
    await handle.executeUpdate('awaitFlowSession');
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(sessionsOf(input)).toMatchObject([{ cancelRequested: false, status: 'Running' }]);
  });

  it('ends as cancelled when Dataverse refuses to stop a robot that is over', async () => {
    const input = harness.flow({ duration: '1h' });
    const handle = await harness.start(patient(input));
    const { flowSessionId } = (await handle.executeUpdate('awaitFlowSession')) as { flowSessionId: string };
    harness.emulator.setStatus(flowSessionId, 'Succeeded');
    harness.emulator.inject({ on: 'cancel', kind: 'status', httpStatus: 403, sessionId: flowSessionId });
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  });

  itTakesLong(
    'ends as cancelled while the outputs cannot be fetched, and twice cancelled is once',
    async () => {
      const input = harness.flow();
      harness.emulator.inject({
        on: 'outputs',
        kind: 'status',
        httpStatus: 503,
        times: 'always',
        flowId: input.flowId,
      });
      const handle = await harness.start(patient(input));
      await eventually(() =>
        harness.emulator.seen.requests.some(({ kind, faults }) => kind === 'outputs' && faults.length > 0),
      );
      await handle.cancel();
      await handle.cancel().catch(() => undefined);
      await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    },
  );

  itTakesLong('keeps asking to stop its robot while Dataverse is down', async () => {
    const input = harness.flow({ duration: '10h' });
    const handle = await harness.start(patient(input));
    await handle.executeUpdate('awaitFlowSession');
    harness.emulator.inject({
      on: 'cancel',
      kind: 'status',
      httpStatus: 503,
      times: 20,
      flowId: input.flowId,
    });
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(sessionsOf(input)).toMatchObject([{ status: 'Cancelled' }]);
  });
});

describe('passing trouble', () => {
  it('does not touch a healthy run: 10 minutes of nothing but 503', async () => {
    const input = harness.flow({ duration: '30m', result: { Booking: 'B-1' } });
    const handle = await harness.start(patient(input));
    await handle.executeUpdate('awaitFlowSession');
    harness.emulator.inject({ on: 'any', kind: 'status', httpStatus: 503, times: 'always' });
    await harness.env.sleep('10m');
    const metadata = await handle.describe();
    expect(metadata.status.name).toBe('RUNNING');
    harness.emulator.clearFaults();
    await expect(handle.result()).resolves.toMatchObject({ outputs: { Booking: 'B-1' } });
    expect(sessionsOf(input)).toHaveLength(1);
  });

  it('says since when Dataverse has been out of reach, and gives up after the time that the caller sets', async () => {
    const input = harness.flow({ duration: '10h' });
    const handle = await harness.start({ ...patient(input), scheduleToCloseTimeout: '2h' });
    const { flowSessionId } = (await handle.executeUpdate('awaitFlowSession')) as { flowSessionId: string };
    harness.emulator.inject({
      on: 'status',
      kind: 'status',
      httpStatus: 503,
      times: 'always',
      flowId: input.flowId,
    });
    await expect(handle.result()).rejects.toMatchObject({
      cause: {
        type: 'DesktopFlowTimedOut',
        message: expect.stringContaining(flowSessionId),
        details: [{ origin: 'orchestrator', flowSessionId, dataverse: { httpStatus: 503 } }],
      },
    });
    expect(await tookMs(handle.workflowId)).toBeGreaterThan(2 * 3_600_000 - 120_000);
    expect(await tookMs(handle.workflowId)).toBeLessThan(2 * 3_600_000 + 120_000);
    expect(sessionsOf(input)).toHaveLength(1);
  }, 120_000);
});
