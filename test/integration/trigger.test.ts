import { type Harness, startHarness } from '../helpers/harness';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({ connector: { requestTimeoutMs: 2000 } });
});

afterAll(() => harness.close());

function sessionsOf(input: { flowId: string }) {
  return harness.emulator.seen.sessions.filter(({ flowId }) => flowId === input.flowId);
}

describe('triggerFlowRun', () => {
  it.each([
    ['the answer is lost', { kind: 'lostAnswer' }, 1],
    ['the connection is reset', { kind: 'reset' }, 0],
    ['the answer never comes', { kind: 'hang' }, 1],
    ['a 500 comes', { kind: 'status', httpStatus: 500 }, 0],
    ['a 503 comes after the robot was started', { kind: 'status', httpStatus: 503, executed: true }, 1],
    ['a 408 comes', { kind: 'status', httpStatus: 408 }, 0],
    ['a gateway answers in HTML', { kind: 'html' }, 0],
    ['the answer cannot be read', { kind: 'status', httpStatus: 200, body: '{"flowsess', executed: true }, 1],
  ] as const)('does not start a second robot when %s', async (_when, fault, robots) => {
    const input = harness.flow();
    harness.emulator.inject({ on: 'trigger', flowId: input.flowId, ...fault });
    const { failure } = await harness.fail(input);
    expect(failure).toMatchObject({ type: 'TriggerOutcomeUnknown', nonRetryable: true });
    expect(sessionsOf(input)).toHaveLength(robots);
  });

  it.each([
    [400, 'DataverseBadRequest'],
    [401, 'DataverseUnauthorized'],
    [403, 'DataverseForbidden'],
    [404, 'DataverseNotFound'],
  ])('fails for good on %d, with what Dataverse said', async (httpStatus, type) => {
    const input = harness.flow();
    const fault = { httpStatus, code: '0x80040000', message: 'No.', times: 'always' } as const;
    harness.emulator.inject({ on: 'trigger', kind: 'status', flowId: input.flowId, ...fault });
    const { failure, details } = await harness.fail(input);
    expect(failure.type).toBe(type);
    const requestId = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(details).toMatchObject({
      attempts: [],
      dataverse: { httpStatus, code: '0x80040000', message: 'No.', requestId },
    });
    expect(sessionsOf(input)).toHaveLength(0);
  });

  it('tells of a licence check that failed inside the success', async () => {
    const input = harness.flow();
    harness.emulator.inject({
      on: 'trigger',
      kind: 'license',
      code: 'UnattendedNoAddon',
      flowId: input.flowId,
    });
    await expect(harness.run(input)).resolves.toMatchObject({ licenseCheck: { code: 'UnattendedNoAddon' } });
  });
});
