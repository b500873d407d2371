import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { eventually, failureOf, setUp } from '../helpers/harness';
import { itTakesLong, sampleOf } from '../helpers/long-tests';
import { spawnWorker, startWorker, type WorkerProcess } from '../helpers/worker-process';

const FLOW = {
  id: randomUUID(),
  name: 'Enter invoice',
  duration: '1s',
  result: { Booking: '{{inputs.Invoice}}' },
};
const INPUT = {
  flowId: FLOW.id,
  connectionName: 'invoices',
  runMode: 'unattended',
  inputs: { Invoice: 4711 },
  poll: { initialInterval: '200ms', maximumInterval: '200ms' },
};

let connection: Connection;
let emulator: Emulator;
let environment: Record<string, string>;
let worker: WorkerProcess;

beforeAll(async () => {
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
});

afterAll(() => connection.close());

beforeEach(async () => {
  emulator = await startEmulator({ flows: { flows: [FLOW] } });
  environment = { ...emulator.environment, TEMPORAL_TASK_QUEUE: `worker-${randomUUID()}` };
});

afterEach(async () => {
  await worker?.end('SIGKILL');
  await emulator.close();
});

const ownOrganization = (): Record<string, string> => ({
  TEMPORAL_TASK_QUEUE: environment.TEMPORAL_TASK_QUEUE ?? '',
  POWER_AUTOMATE_ORGANIZATION_URI: emulator.url,
});

/** As any client in any language would: by name, with one JSON argument. */
function start(input: object = INPUT) {
  return new Client({ connection }).workflow.start('RunDesktopFlow', {
    args: [input],
    taskQueue: environment.TEMPORAL_TASK_QUEUE ?? '',
    workflowId: randomUUID(),
  });
}

/** Names of the secrets that a text shows, also below base64, in which histories and logs keep payloads. */
function shownSecrets(...texts: unknown[]): string[] {
  const text = texts.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join('\n');
  const decoded = [...text.matchAll(/"data\\?":\\?"([\w+/=]+)/g)].map(([, data]) =>
    Buffer.from(data ?? '', 'base64'),
  );
  const all = [text, ...decoded].join('\n');
  expect(all).toContain(FLOW.id);
  const { clientId, clientSecret, bearerToken } = emulator;
  return Object.entries({ clientId, clientSecret, bearerToken })
    .filter(([, secret]) => all.toLowerCase().includes(secret.toLowerCase()))
    .map(([name]) => name);
}

describe('the worker process', () => {
  it('runs a flow with one token request, one trigger and one outputs request', async () => {
    worker = await startWorker(environment);
    const handle = await start();
    await expect(handle.result()).resolves.toMatchObject({ status: 'Succeeded', outputs: { Booking: 4711 } });
    expect(emulator.seen.counts).toMatchObject({ token: 1, trigger: 1, outputs: 1 });
    await expect(worker.end('SIGTERM')).resolves.toBe(0);
  });

  itTakesLong(
    'tries a trigger that was refused for a while again as late as it was told, in another process too',
    async () => {
      const retryAfterSeconds = 10;
      worker = await startWorker(environment);
      emulator.inject({ on: 'trigger', kind: 'throttle', retryAfterSeconds });
      const handle = await start();
      const triggers = () => emulator.seen.requests.filter(({ kind }) => kind === 'trigger');
      const refused = await eventually(() => triggers().find(({ status }) => status === 429));
      const first = worker;
      worker = await startWorker(environment);
      await first.end('SIGTERM');
      await expect(handle.result()).resolves.toMatchObject({ status: 'Succeeded' });
      const [, next, ...more] = triggers();
      expect((next?.at ?? 0) - refused.at).toBeGreaterThanOrEqual(retryAfterSeconds * 1000);
      expect(more).toEqual([]);
    },
  );

  const OAUTH = {
    type: 'oauth',
    clientId: '{{secrets.MY_ID}}',
    clientSecret: '{{secrets.MY_SECRET}}',
    tokenEndpoint: '{{secrets.MY_ENDPOINT}}',
  };

  describe.each([
    ['OAuth by environment', {}, () => environment],
    [
      'OAuth by reference',
      { authentication: OAUTH },
      () => ({
        ...ownOrganization(),
        POWER_AUTOMATE_SECRETS: 'MY_*',
        MY_ID: emulator.clientId,
        MY_SECRET: emulator.clientSecret,
        MY_ENDPOINT: emulator.tokenEndpoint,
      }),
    ],
    [
      'a bearer token',
      {},
      () => ({ ...ownOrganization(), POWER_AUTOMATE_BEARER_TOKEN: emulator.bearerToken }),
    ],
  ])('with %s', (_how, input, variables) => {
    it.each(
      sampleOf(
        [
          ['success', undefined, undefined],
          ['403', 403, 'DataverseForbidden'],
          ['500', 500, 'TriggerOutcomeUnknown'],
        ],
        2,
      ),
    )('shows no secret in history, failure or log, on %s', async (_when, httpStatus, type) => {
      worker = await startWorker({
        ...variables(),
        LOG_LEVEL: 'trace',
        POWER_AUTOMATE_SETTLING_WINDOW: '1s',
      });
      if (httpStatus) {
        // A run of somebody else, so that after a 500 it cannot be told whose it is.
        emulator.startForeignRun({ flowId: FLOW.id });
        const message = `You sent ${Object.values(variables()).join(' ')}`;
        emulator.inject({ on: 'trigger', kind: 'status', httpStatus, message });
      }
      const handle = await start({ ...INPUT, ...input });
      const failed = type && (await failureOf(handle));
      if (failed) expect(failed.failure.type).toBe(type);
      else await expect(handle.result()).resolves.toMatchObject({ status: 'Succeeded' });
      expect(shownSecrets(await handle.fetchHistory(), failed ?? '', worker.log())).toEqual([]);
    });
  });

  it('says at its start what it costs that no key travels', async () => {
    worker = await startWorker(environment);
    expect(worker.log()).not.toContain('no key travels');
    await worker.end('SIGTERM');
    worker = await startWorker({ ...environment, CALLBACK_BASE_URL: 'off' });
    expect(worker.log()).toContain('no key travels with triggers');
    expect(worker.log()).toContain('TriggerOutcomeUnknown');
  });

  it.each([
    ['HOME', 'add HOME to POWER_AUTOMATE_SECRETS on the worker'],
    ['CALLBACK_SIGNING_KEYS', 'never are'],
  ])('gives an input no variable that was not meant for inputs: %s', async (name, advice) => {
    worker = await startWorker({ ...environment, CALLBACK_SIGNING_KEYS: 'a-signing-key-of-the-tests' });
    const authentication = { type: 'bearer', token: `{{secrets.${name}}}` };
    const { failure, details } = await failureOf(await start({ ...INPUT, authentication }));
    expect(failure.type).toBe('InvalidInput');
    expect(details.problems).toEqual([
      { field: 'authentication.token', problem: expect.stringContaining(advice) },
    ]);
    expect(emulator.seen.requests).toEqual([]);
  });

  itTakesLong('goes on with a run after it was killed during the wait', async () => {
    emulator.addFlow({ ...FLOW, duration: '4s' });
    worker = await startWorker(environment);
    const handle = await start();
    await eventually(() => emulator.seen.counts.status + emulator.seen.counts.query > 1);
    await worker.end('SIGKILL');
    worker = await startWorker(environment);
    await expect(handle.result()).resolves.toMatchObject({ outputs: { Booking: 4711 } });
    expect(emulator.seen.sessions).toHaveLength(1);
    expect(emulator.seen.counts).toMatchObject({ trigger: 1, outputs: 1 });
  });

  it('drains on SIGTERM: a trigger in flight gets its answer before the worker goes', async () => {
    emulator.inject({ on: 'trigger', kind: 'delay', duration: '2s', executed: true });
    worker = await startWorker(environment);
    const handle = await start();
    await eventually(() => emulator.seen.counts.trigger === 1);
    await expect(worker.end('SIGTERM')).resolves.toBe(0);
    worker = await startWorker(environment);
    await expect(handle.result()).resolves.toMatchObject({ status: 'Succeeded' });
    expect(emulator.seen.sessions).toHaveLength(1);
  });

  it('names every problem of its configuration at once, repeats no value, and does not start', async () => {
    const { child, log } = spawnWorker({
      POWER_AUTOMATE_ORGANIZATION_URI: 'https://me:hunter22@contoso.crm4.dynamics.com',
      POWER_AUTOMATE_CLIENT_ID: 'hunter22',
      POWER_AUTOMATE_TOKEN_ENDPOINT: 'ftp://hunter22.example',
      LOG_LEVEL: 'loud',
    });
    await eventually(() => child.exitCode !== null);
    expect(child.exitCode).toBe(1);
    expect(log()).toMatch(/POWER_AUTOMATE_ORGANIZATION_URI must not carry credentials/);
    expect(log()).toMatch(/POWER_AUTOMATE_CLIENT_SECRET must be set too/);
    expect(log()).toMatch(/POWER_AUTOMATE_TOKEN_ENDPOINT must be an https URL/);
    expect(log()).toMatch(/LOG_LEVEL must be one of/);
    expect(log()).not.toContain('hunter22');
  });
});
