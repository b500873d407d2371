/** A corporate proxy that refuses tunnels for a while costs a run nothing but time. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { closeServers, grant, type ScriptedServer, serve } from '../dataverse/scripted-server';
import {
  type CorporateProxy,
  ORGANIZATION_HOST,
  PASSWORD,
  startCorporateProxy,
  TOKEN_HOST,
} from '../helpers/corporate-proxy';
import { eventually, type Harness, startHarness } from '../helpers/harness';
import { sampleOf } from '../helpers/long-tests';

let harness: Harness;
let tokens: ScriptedServer;
let proxy: CorporateProxy;

beforeEach(async () => {
  const bearerToken = randomUUID();
  tokens = await serve();
  tokens.always(grant(bearerToken));
  harness = await startHarness({
    emulator: { bearerToken },
    connector: {
      organizationUri: `https://${ORGANIZATION_HOST}`,
      credentials: {
        type: 'oauth',
        clientId: 'robots',
        clientSecret: randomUUID(),
        tokenEndpoint: `https://${TOKEN_HOST}/contoso/oauth2/v2.0/token`,
      },
    },
  });
  const portOf = (url: string) => Number(new URL(url).port);
  proxy = await startCorporateProxy({
    [ORGANIZATION_HOST]: portOf(harness.emulator.url),
    [TOKEN_HOST]: portOf(tokens.origin),
  });
});

afterEach(async () => {
  proxy.close();
  await harness.close();
  await closeServers();
});

/** What the activity that is tried again has last failed with. */
async function lastFailure(handle: WorkflowHandle): Promise<string> {
  const { raw } = await handle.describe();
  return raw.pendingActivities?.[0]?.lastFailure?.message ?? '';
}

async function historyOf(handle: WorkflowHandle): Promise<string> {
  const { events } = await handle.fetchHistory();
  const payloads = JSON.stringify(events).match(/"[\w+/=]{20,}"/g) ?? [];
  return [JSON.stringify(events), ...payloads.map((text) => Buffer.from(text, 'base64').toString())].join(
    '\n',
  );
}

it('a trigger that the proxy refuses with 403, then with 407 is in no doubt, and starts one robot', async () => {
  // Without a callback base, a doubt would have the run read its robots first.
  const flow = harness.flow({ result: { ok: true } });
  proxy.refuse(403, 407);
  const handle = await harness.start(flow);
  await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true }, attempts: [{}] });
  // The token endpoint was refused twice, and the trigger passed with the rest.
  expect(proxy.seen.map(({ status }) => status).slice(0, 4)).toEqual([403, 407, 200, 200]);
  expect(harness.emulator.seen.sessions).toHaveLength(1);
  expect(harness.emulator.seen.counts).toMatchObject({ trigger: 1 });
  expect(harness.emulator.seen.counts.query ?? 0).toBe(0);
  expect(await historyOf(handle)).toContain(
    `The proxy ${proxy.host} refused the connection to ${TOKEN_HOST}`,
  );
  expect(await historyOf(handle)).not.toContain(PASSWORD);
});

it('a trigger whose own tunnel is refused is in no doubt either', async () => {
  await harness.run(harness.flow());
  const flow = harness.flow({ result: { ok: true } });
  proxy.refuse(403, 407, 502, { status: 503, headers: { 'Retry-After': '1' } });
  const handle = await harness.start(flow);
  await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true }, attempts: [{}] });
  expect(proxy.seen.filter(({ status }) => status !== 200)).toEqual(
    [403, 407, 502, 503].map((status) => ({ host: ORGANIZATION_HOST, status })),
  );
  expect(harness.emulator.seen.counts).toMatchObject({ trigger: 2 });
  expect(harness.emulator.seen.sessions).toHaveLength(2);
  expect(await historyOf(handle)).toContain('Check the user and password in HTTPS_PROXY');
  expect(await historyOf(handle)).not.toContain(PASSWORD);
});

it.each(sampleOf([403, 407, 502, 503], 1))(
  'a run whose robot works waits until the proxy no longer says %d',
  async (status) => {
    const handle = await harness.start(harness.flow({ duration: '1h', result: { ok: true } }));
    await handle.executeUpdate('awaitFlowSession');
    proxy.refuseAll(status);
    const said = await eventually(async () => {
      const message = await lastFailure(handle);
      return message.includes(`with ${status}`) && message;
    });
    expect(said).toContain(`The proxy ${proxy.host} refused the connection to ${ORGANIZATION_HOST}`);
    const refused = () => proxy.seen.filter((seen) => seen.status === status).length;
    const before = refused();
    await eventually(() => refused() > before);
    const [session] = harness.emulator.seen.sessions;
    harness.emulator.setStatus(session?.id ?? '', 'Succeeded');
    proxy.allow();
    await expect(handle.result()).resolves.toMatchObject({
      status: 'Succeeded',
      outputs: { ok: true },
      attempts: [{}],
    });
    expect(harness.emulator.seen.sessions).toHaveLength(1);
  },
);

it('a run that is cancelled while the proxy refuses has its robot stopped as soon as it allows it', async () => {
  const handle = await harness.start(harness.flow({ duration: '1h' }));
  await handle.executeUpdate('awaitFlowSession');
  proxy.refuseAll(407);
  await handle.cancel();
  await eventually(async () => (await lastFailure(handle)).includes('with 407'));
  proxy.allow();
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  expect(harness.emulator.seen.sessions).toMatchObject([{ status: 'Cancelled' }]);
});
