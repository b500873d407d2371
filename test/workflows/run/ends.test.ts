/** What becomes of a run at each end of its robots: needs no time to pass, so that one server serves all. */
import { BAD_ENDS, FLOW_RUN_STATUSES } from '../../../src/common/status';
import { type Harness, startHarness } from '../../helpers/harness';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({ connector: { settlingWindowMs: 500 } });
});

afterAll(() => harness.close());

function sessionsOf(input: { flowId: string }) {
  return harness.emulator.seen.sessions.filter(({ flowId }) => flowId === input.flowId);
}

describe('the end of a robot', () => {
  it('has null outputs where the run left none', async () => {
    await expect(harness.run(harness.flow())).resolves.toMatchObject({ outputs: null });
  });

  it.each(BAD_ENDS)('ends with the type DesktopFlow%s, and what is known in the details', async (status) => {
    const input = harness.flow({
      ends: { status, errorCode: 'NoListenerConnected', errorMessage: 'Offline.' },
    });
    const { failure, details } = await harness.fail({ ...input, retry: { maximumAttempts: 1 } });
    expect(failure).toMatchObject({ type: `DesktopFlow${status}`, nonRetryable: true });
    expect(failure.message).toContain('NoListenerConnected: Offline.');
    const [session] = sessionsOf(input);
    const attempt = { flowSessionId: session?.id, statusCode: FLOW_RUN_STATUSES.indexOf(status), status };
    expect(details).toMatchObject({
      ...attempt,
      origin: 'desktopFlow',
      outputs: null,
      errorCode: 'NoListenerConnected',
    });
    expect(details.attempts).toEqual([expect.objectContaining(attempt)]);
  });

  it('tells three robots of three ends in one result', async () => {
    const input = harness.flow({ ends: ['Faulted', 'TimedOut', 'Succeeded'] });
    const { attempts } = await harness.run(input);
    expect(attempts.map(({ status }) => status)).toEqual(['Faulted', 'TimedOut', 'Succeeded']);
    expect(sessionsOf(input).map(({ id }) => id)).toEqual(attempts.map(({ flowSessionId }) => flowSessionId));
  });

  it('gives up after the last attempt, and tells them all', async () => {
    const input = harness.flow({ ends: 'Faulted' });
    const { failure, details } = await harness.fail(input);
    expect(failure.type).toBe('DesktopFlowFaulted');
    expect(details.attempts).toHaveLength(3);
    expect(sessionsOf(input)).toHaveLength(3);
  });

  it.each(['Failed', 'Cancelled'] as const)('does not start a new robot after %s', async (status) => {
    const input = harness.flow({ ends: [status, 'Succeeded'] });
    const { failure } = await harness.fail(input);
    expect(failure.type).toBe(`DesktopFlow${status}`);
    expect(sessionsOf(input)).toHaveLength(1);
  });

  it('starts a new robot after the ends that the caller names', async () => {
    const input = harness.flow({ ends: ['Failed', 'Succeeded'] });
    const result = await harness.run({ ...input, retry: { ...input.retry, statuses: ['Failed'] } });
    expect(result.attempts).toHaveLength(2);
  });
});

describe('error codes', () => {
  it('starts a new robot after a Failed with which nothing was executed', async () => {
    const input = harness.flow({
      ends: [{ status: 'Failed', errorCode: 'NoListenerConnected' }, 'Succeeded'],
    });
    const { attempts } = await harness.run(input);
    expect(attempts).toMatchObject([{ status: 'Failed' }, { status: 'Succeeded' }]);
  });

  it.each([
    ['a code that needs a person', 'AttendedUserNotLoggedIn', 'needsPerson'],
    ['a permanent one', 'AccountLockedOut', 'permanent'],
    ['one after which part may have been done', 'SessionHasLoggedOff', 'maybePartlyExecuted'],
    ['an unknown one', 'NewlyInvented', undefined],
  ])('does not start one after %s', async (_what, errorCode, errorCategory) => {
    const input = harness.flow({ ends: [{ status: 'Failed', errorCode }, 'Succeeded'] });
    const { failure, details } = await harness.fail(input);
    expect(failure.type).toBe('DesktopFlowFailed');
    expect(details.errorCategory).toBe(errorCategory);
    expect(failure.message.split('\n')).toHaveLength(errorCategory ? 2 : 1);
    expect(sessionsOf(input)).toHaveLength(1);
  });

  it.each([
    [['SessionHasLoggedOff'], 2],
    [[], 1],
  ])('lets the caller name the codes: %j', async (errorCodes, robots) => {
    const errorCode = robots === 2 ? 'sessionHasLoggedOff' : 'NoListenerConnected';
    const input = harness.flow({ ends: [{ status: 'Failed', errorCode }, 'Succeeded'] });
    const handle = await harness.start({ ...input, retry: { ...input.retry, errorCodes } });
    await handle.result().catch(() => undefined);
    expect(sessionsOf(input)).toHaveLength(robots);
  });

  it('knows why no machine could take a run, from wherever it is put', async () => {
    const errorDetails = '{"innerError":{"code":"AttendedUserNotLoggedIn"}}';
    const end = { status: 'Failed', errorCode: 'NoCandidateMachine', errorDetails } as const;
    const input = harness.flow({ ends: [end, 'Succeeded'] });
    const { failure, details } = await harness.fail(input);
    expect(failure.message).toContain('NoCandidateMachine/AttendedUserNotLoggedIn');
    expect(details).toMatchObject({ errorSubCode: 'AttendedUserNotLoggedIn', errorCategory: 'needsPerson' });
  });
});
