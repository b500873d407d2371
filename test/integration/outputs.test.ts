import { type Harness, startHarness } from '../helpers/harness';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});

afterAll(() => harness.close());

function outputsRequests(sessionId: string | undefined): number {
  return harness.emulator.seen.requests.filter(
    (seen) => seen.kind === 'outputs' && seen.sessionId === sessionId,
  ).length;
}

describe('the outputs of a run', () => {
  it('are null where there are none', async () => {
    await expect(harness.run(harness.flow())).resolves.toMatchObject({ status: 'Succeeded', outputs: null });
  });

  it('of 1.5 MB come whole', async () => {
    const { outputs, flowSessionId } = await harness.run(harness.flow({ resultSize: 1_500_000 }));
    expect(JSON.stringify(outputs)).toHaveLength(1_500_000);
    expect(outputsRequests(flowSessionId)).toBe(1);
  });

  it('of 6 MB fail once with OutputsTooLarge, the run and the size in the details', async () => {
    const { failure, details } = await harness.fail(harness.flow({ resultSize: 6_000_000 }));
    expect(failure).toMatchObject({ type: 'OutputsTooLarge', nonRetryable: true });
    expect(details).toMatchObject({
      status: 'Succeeded',
      outputsSize: 6_000_000,
      attempts: [{ statusCode: 4 }],
    });
    expect(outputsRequests(details.flowSessionId)).toBe(1);
  });

  it('of 2 MB, which Dataverse hands out in one piece, are too large for a payload too', async () => {
    const { failure } = await harness.fail(harness.flow({ resultSize: 2_097_152 }));
    expect(failure.type).toBe('OutputsTooLarge');
  });

  it.each(['<html>', '{"a":', '"text"', '[1]', '12.75'])(
    'that are no JSON object fail once: %s',
    async (resultText) => {
      const { failure, details } = await harness.fail(harness.flow({ resultText }));
      expect(failure).toMatchObject({ type: 'OutputsUnreadable', nonRetryable: true });
      expect(failure.message).not.toContain(resultText);
      expect(outputsRequests(details.flowSessionId)).toBe(1);
    },
  );

  it('that are nested too deeply to be written again fail once', async () => {
    const resultText = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    const { failure, details } = await harness.fail(harness.flow({ resultText }));
    expect(failure.type).toBe('OutputsUnreadable');
    expect(outputsRequests(details.flowSessionId)).toBe(1);
  });

  it('that arrive cut off are fetched again', async () => {
    const input = harness.flow({ result: { Booking: 'B-1' } });
    harness.emulator.inject({ on: 'outputs', kind: 'truncated', flowId: input.flowId });
    await expect(harness.run(input)).resolves.toMatchObject({ outputs: { Booking: 'B-1' } });
  });
});
