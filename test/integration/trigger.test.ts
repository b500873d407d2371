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
