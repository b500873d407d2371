/** A worker that nobody has told of a callback URL: keys travel all the same, where Dataverse takes a URL that leads nowhere. */
import { DataverseClient } from '../../src/dataverse';
import type { EmulatorOptions } from '../../src/testing/emulator';
import { eventually, failureOf, type Harness, startHarness, target } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

const SETTLING_WINDOW_MS = 2500;
const CONNECTOR = { settlingWindowMs: SETTLING_WINDOW_MS, requestTimeoutMs: 2000 };
const RUNS = 8;
const LOST = 3;

let harness: Harness;

afterEach(() => harness.close());

/** Eight runs of one flow at once; the answers to three of their triggers are lost. */
async function runAtOnce(emulator: EmulatorOptions = {}) {
  harness = await startHarness({ ownNamespace: true, emulator, connector: CONNECTOR });
  const flow = harness.flow({ duration: '500ms', result: { Id: '{{inputs.Id}}' } });
  harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: flow.flowId, after: 2, times: LOST });
  const handles = await Promise.all(
    [...Array(RUNS).keys()].map((Id) => harness.start({ ...flow, inputs: { Id } })),
  );
  const ends = await Promise.allSettled(handles.map((handle) => handle.result()));
  const robotsOf = () => harness.emulator.seen.sessions.filter(({ flowId }) => flowId === flow.flowId);
  await eventually(() => robotsOf().every(({ completedOn }) => completedOn !== undefined));
  const robots = robotsOf();
  return { flow, handles, ends, robots };
}

/** Every run whose answer came has its result; of the others it may not be known whether there is a robot. */
async function expectNoneTwice({ handles, ends, robots }: Awaited<ReturnType<typeof runAtOnce>>) {
  const client = new DataverseClient(target(harness.emulator));
  const outputs = await Promise.all(robots.map(({ id }) => client.getOutputs(id)));
  expect(new Set(outputs).size).toBe(outputs.length);
  for (const [Id, end] of ends.entries()) {
    const handle = handles[Id];
    if (end.status === 'fulfilled') expect(end.value.outputs).toEqual({ Id });
    else if (handle) expect((await failureOf(handle)).failure.type).toBe('TriggerOutcomeUnknown');
  }
  expect(ends.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(RUNS - LOST);
}

it('finds the robots of lost answers among others of one flow', async () => {
  const { ends, robots } = await runAtOnce();
  expect(ends).toMatchObject(
    [...Array(RUNS).keys()].map((Id) => ({ status: 'fulfilled', value: { outputs: { Id } } })),
  );
  expect(robots).toHaveLength(RUNS);
  for (const { callbackUrl } of robots) {
    expect(callbackUrl).toMatch(/^https:\/\/temporal-power-automate\.invalid\/[0-9a-f]{40}$/);
  }
  expect(new Set(robots.map(({ callbackUrl }) => callbackUrl)).size).toBe(RUNS);
  expect(harness.emulator.seen.callbacks).toEqual([]);
}, 60_000);

it('starts none twice where the organization refuses such a URL, and does not send it again', async () => {
  const seen = await runAtOnce({ callbackUrls: 'refuseInvalid' });
  await expectNoneTwice(seen);
  expect(seen.robots.filter(({ callbackUrl }) => callbackUrl !== undefined)).toEqual([]);
  const triggers = () => harness.emulator.seen.requests.filter(({ kind }) => kind === 'trigger').length;
  const before = triggers();
  await harness.run({ ...seen.flow, inputs: { Id: 9 } });
  expect(triggers()).toBe(before + 1);
}, 60_000);

itTakesLong(
  'starts none twice where Dataverse does not keep the URL',
  async () => {
    await expectNoneTwice(await runAtOnce({ callbackUrls: 'drop' }));
  },
  60_000,
);

it('starts a robot whose request was lost, where Dataverse does not keep the URL', async () => {
  harness = await startHarness({
    ownNamespace: true,
    emulator: { callbackUrls: 'drop' },
    connector: CONNECTOR,
  });
  const flow = harness.flow({ duration: 0 });
  await harness.run(flow);
  harness.emulator.inject({ on: 'trigger', kind: 'lostRequest', flowId: flow.flowId });
  await expect(harness.run(flow)).resolves.toMatchObject({ status: 'Succeeded' });
  expect(harness.emulator.seen.sessions.filter(({ flowId }) => flowId === flow.flowId)).toHaveLength(2);
}, 60_000);

itTakesLong('tells a refusal for another reason as it is, and sends the URL again', async () => {
  harness = await startHarness({ connector: CONNECTOR });
  const input = { ...harness.flow(), retry: { maximumAttempts: 1 } };
  harness.emulator.inject({
    on: 'trigger',
    kind: 'status',
    httpStatus: 400,
    times: 2,
    flowId: input.flowId,
  });
  const { failure } = await harness.fail(input);
  expect(failure.type).toBe('DataverseBadRequest');
  await harness.run(input);
  const [robot] = harness.emulator.seen.sessions.filter(({ flowId }) => flowId === input.flowId);
  expect(robot?.callbackUrl).toContain('.invalid/');
});
