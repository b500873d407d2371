/** The runs of which histories are kept, by name: the ways that the workflow takes through its code. */
import type { RunDesktopFlowInput } from '../../src/common/input';
import { eventually, type Harness } from '../helpers/harness';

type Handle = Awaited<ReturnType<Harness['start']>>;

export type Recorded = Pick<Handle, 'workflowId' | 'firstExecutionRunId'>;

export interface Scenario {
  /** @default 'RunDesktopFlow' */
  workflowType?: string;
  input(harness: Harness): unknown;
  /** What happens to the run from outside, before it ends. */
  meanwhile?(handle: Handle, harness: Harness): Promise<void>;
  /** Whose history is kept, once it is over. @default the run's */
  recorded?(harness: Harness): Promise<Recorded>;
}

async function started(handle: Handle): Promise<{ flowSessionId: string }> {
  return handle.executeUpdate('awaitFlowSession');
}

const ended = (harness: Harness, input: RunDesktopFlowInput) =>
  eventually(() =>
    harness.emulator.seen.sessions.some((session) => session.flowId === input.flowId && session.completedOn),
  );

const backingOff = (handle: Handle) =>
  eventually(async () => {
    const { phase } = await handle.query<{ phase: string }>('desktopFlowRun');
    return phase === 'backingOff';
  });

let hinted: RunDesktopFlowInput;
let refused: RunDesktopFlowInput;

export const SCENARIOS: Record<string, Scenario> = {
  succeeds: {
    input: (harness) => harness.flow({ duration: '300ms', result: { Booking: 'B-1' } }),
  },
  'faults-then-succeeds': {
    input: (harness) => harness.flow({ ends: ['Faulted', 'Succeeded'] }),
  },
  'times-out-three-times': {
    input: (harness) => harness.flow({ ends: 'TimedOut' }),
  },
  fails: {
    input: (harness) => harness.flow({ ends: { status: 'Failed', errorCode: 'AttendedUserNotLoggedIn' } }),
  },
  'input-is-wrong': {
    input: (harness) => ({ ...harness.flow(), runMode: 'never', colour: 'red' }),
  },
  'is-refused': {
    input(harness) {
      const input = harness.flow();
      harness.emulator.inject({ on: 'trigger', kind: 'status', httpStatus: 403, flowId: input.flowId });
      return input;
    },
  },
  'trigger-outcome-is-unknown': {
    input(harness) {
      const input = harness.flow();
      harness.emulator.startForeignRun({ flowId: input.flowId });
      harness.emulator.inject({ on: 'trigger', kind: 'lostRequest', flowId: input.flowId });
      return input;
    },
  },
  'fails-before-anything-was-executed-then-succeeds': {
    input: (harness) =>
      harness.flow({ ends: [{ status: 'Failed', errorCode: 'NoListenerConnected' }, 'Succeeded'] }),
  },
  'is-in-the-queue-for-too-long': {
    input: (harness) => ({
      ...harness.flow({ ends: [{ status: 'Waiting', duration: 0 }, 'Succeeded'] }),
      queueTimeout: '2s',
    }),
  },
  'is-in-the-queue-for-too-long-and-left-there': {
    input: (harness) => ({
      ...harness.flow({ ends: { status: 'Waiting', duration: 0 } }),
      queueTimeout: '2s',
      onQueueTimeout: 'leave',
    }),
  },
  'is-past-its-deadline': {
    input: (harness) => ({ ...harness.flow({ duration: '1h' }), deadline: '2s' }),
  },
  'is-adopted': {
    input(harness) {
      const { flowId, poll } = harness.flow({ duration: '300ms', result: { Booking: 'B-1' } });
      return { flowSessionId: harness.emulator.startForeignRun({ flowId }), poll };
    },
  },
  'is-cancelled-and-its-robot-left': {
    input: (harness) => ({ ...harness.flow({ duration: '1h' }), onCancel: 'leave' }),
    async meanwhile(handle) {
      await started(handle);
      await handle.cancel();
    },
  },
  'becomes-visible-late': {
    input(harness) {
      const input = harness.flow();
      harness.emulator.inject({ on: 'trigger', kind: 'invisible', duration: '300ms', flowId: input.flowId });
      return input;
    },
  },
  'outputs-are-unreadable': {
    input: (harness) => harness.flow({ resultText: 'no JSON' }),
  },
  'outputs-are-too-large': {
    input: (harness) => harness.flow({ resultSize: 3_000_000 }),
  },
  'is-cancelled-while-running': {
    input: (harness) => harness.flow({ duration: '1h' }),
    async meanwhile(handle) {
      await started(handle);
      await handle.cancel();
    },
  },
  'is-cancelled-before-its-robot-is-visible': {
    input(harness) {
      const input = harness.flow({ duration: '1h' });
      harness.emulator.inject({ on: 'trigger', kind: 'invisible', duration: '1500ms', flowId: input.flowId });
      return input;
    },
    async meanwhile(handle) {
      await started(handle);
      await handle.cancel();
    },
  },
  'is-cancelled-while-its-robot-is-being-started': {
    input(harness) {
      const input = harness.flow({ duration: '1h' });
      harness.emulator.inject({ on: 'trigger', kind: 'delay', duration: '2s', flowId: input.flowId });
      return input;
    },
    async meanwhile(handle, harness) {
      await eventually(() => harness.emulator.seen.requests.some(({ faults }) => faults.includes('delay')));
      await handle.cancel();
    },
  },
  'is-cancelled-while-backing-off': {
    input: (harness) => ({ ...harness.flow({ ends: 'Faulted' }), retry: { initialInterval: '1h' } }),
    async meanwhile(handle) {
      await backingOff(handle);
      await handle.cancel();
    },
  },
  'is-woken-by-a-signal': {
    input(harness) {
      hinted = { ...harness.flow({ duration: '200ms' }), poll: { initialInterval: '1h', shared: false } };
      return hinted;
    },
    async meanwhile(handle, harness) {
      const reference = await started(handle);
      await ended(harness, hinted);
      await handle.signal('desktopFlowCompleted', reference);
    },
  },
  'is-explained': {
    input: (harness) => ({ ...harness.flow({ ends: 'Failed', actionLog: {} }), explainFailures: true }),
  },
  'makes-a-result': {
    input: (harness) => ({
      ...harness.flow({ result: { Booking: 'B-1' } }),
      resultExpression: '= {booking: response.body.Booking}',
    }),
  },
  'makes-a-result-of-what-is-not-there': {
    input: (harness) => ({
      ...harness.flow({ result: {} }),
      resultExpression: '= response.body.Booking + 1',
    }),
  },
  'has-a-wrong-expression': {
    input: (harness) => ({ ...harness.flow(), resultExpression: '= if then' }),
  },
  'is-refused-while-it-waits': {
    input(harness) {
      const input = harness.flow({ duration: '1h' });
      refused = input;
      return input;
    },
    async meanwhile(handle, harness) {
      const { flowSessionId } = await started(handle);
      harness.emulator.inject({ on: 'status', kind: 'status', httpStatus: 403, flowId: refused.flowId });
      await eventually(() =>
        harness.emulator.seen.requests.some(
          ({ kind, status, faults }) => kind === 'status' && status === 403 && faults.length > 0,
        ),
      );
      harness.emulator.setStatus(flowSessionId, 'Succeeded');
    },
  },
  'is-told-to-wait-again-and-again': {
    input(harness) {
      const input = harness.flow();
      const { flowId } = input;
      harness.emulator.inject({ on: 'trigger', kind: 'throttle', retryAfterSeconds: 1, times: 32, flowId });
      return input;
    },
  },
  'continues-as-new': {
    input: (harness) => harness.flow({ duration: '1h' }),
    // A signal makes it look at once; by itself it would take minutes, because a server's timers take a second.
    async meanwhile(handle, harness) {
      const reference = await started(handle);
      await eventually(async () => {
        await handle.signal('desktopFlowCompleted', reference);
        const { runId } = await harness.client.workflow.getHandle(handle.workflowId).describe();
        return runId !== handle.firstExecutionRunId;
      }, 60_000);
      harness.emulator.setStatus(reference.flowSessionId, 'Succeeded');
    },
  },
};
