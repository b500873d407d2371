/** Links to Power Automate in the details of a run, as Temporal's web UI shows them. */
import type { WorkflowHandle } from '@temporalio/client';
import { detailsOf, eventually, type Harness, startHarness } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.close());

const eventsOf = async (handle: WorkflowHandle) =>
  ((await handle.fetchHistory()).events ?? []).map(({ eventType }) => eventType);

function linksTo(flowId: string, flowSessionId: string) {
  const environment = `environments/${harness.emulator.environmentId}/uiflows/${flowId}`;
  return {
    flow: `[the desktop flow](https://make.powerautomate.com/manage/${environment}/details)`,
    run: `[this run](https://make.powerautomate.com/${environment}/runs/${flowSessionId})`,
  };
}

itTakesLong('lead to the flow and to the run, while it runs and afterwards', async () => {
  const input = harness.flow({ duration: '1s' });
  const handle = await harness.start(input);
  const shown = await eventually(async () => {
    const details = await detailsOf(handle);
    return details.includes('In Power Automate') && details;
  });
  const { flowSessionId } = (await handle.result()) as { flowSessionId: string };
  const { flow, run } = linksTo(input.flowId, flowSessionId);
  expect(shown.split('\n').at(-1)).toBe(`In Power Automate: ${flow} · ${run}`);
  expect((await detailsOf(handle)).split('\n').at(-1)).toBe(`In Power Automate: ${flow} · ${run}`);
});

it('lead to each robot of a run that has had several, and the environment is asked for once', async () => {
  const input = harness.flow({ ends: ['Faulted', 'Succeeded'] });
  const handle = await harness.start(input);
  await handle.result();
  const [first, second] = harness.emulator.seen.sessions.map(({ id }) => id);
  const details = await detailsOf(handle);
  expect(details).toContain(`ended as **Faulted**, run \`${first}\` ([open](https://make.powerautomate.com/`);
  expect(details).toContain(`/runs/${first}))`);
  expect(details).toContain(linksTo(input.flowId, second ?? '').run);
  expect(harness.emulator.seen.counts.organization).toBe(1);
});

it('are there for a robot that somebody else has started', async () => {
  const { flowId, poll } = harness.flow();
  const flowSessionId = harness.emulator.startForeignRun({ flowId });
  const handle = await harness.start({ flowSessionId, poll });
  await handle.result();
  const { flow, run } = linksTo(flowId, flowSessionId);
  expect(await detailsOf(handle)).toContain(`In Power Automate: ${flow} · ${run}`);
});

itTakesLong('are there for a robot whose trigger got no answer', async () => {
  const input = harness.flow();
  harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer' });
  const handle = await harness.start(input);
  const { flowSessionId } = (await handle.result()) as { flowSessionId: string };
  expect(await detailsOf(handle)).toContain(linksTo(input.flowId, flowSessionId).run);
});

it('add nothing to the history', async () => {
  const input = harness.flow();
  harness.emulator.inject({ on: 'organization', kind: 'status', httpStatus: 403 });
  const without = await harness.start(input);
  await without.result();
  expect(await detailsOf(without)).not.toContain('Power Automate');

  const other = await startHarness();
  try {
    const linked = await other.start(other.flow());
    await linked.result();
    expect(await detailsOf(linked)).toContain('In Power Automate');
    expect(await eventsOf(linked)).toEqual(await eventsOf(without));
  } finally {
    await other.close();
  }
});

it('are left out where the environment cannot be told, or not in time, and the run is none the worse', async () => {
  harness.emulator.inject({ on: 'organization', kind: 'hang' });
  const input = harness.flow();
  const handle = await harness.start(input);
  await expect(handle.result()).resolves.toMatchObject({ status: 'Succeeded' });
  expect(await detailsOf(handle)).toBe(
    'Finished (attempt 1 of 3)\n- Attempt 1 ended as **Succeeded**, run `' +
      `${harness.emulator.seen.sessions[0]?.id}\``,
  );
});
