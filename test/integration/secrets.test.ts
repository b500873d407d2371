/** Secrets that an input names: they go to Dataverse with the trigger, and nowhere else. */
import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type { CreateActivitiesOptions } from '../../src/activities';
import { environmentSecrets } from '../../src/config/secrets';
import { startEmulator } from '../../src/testing/emulator';
import { runProgram } from '../helpers/built-process';
import { selfSigned } from '../helpers/certificate';
import { CredentialKinds } from '../helpers/credential-kinds';
import {
  eventually,
  failureOf,
  type Harness,
  type HarnessOptions,
  setUp,
  startHarness,
} from '../helpers/harness';
import { MountedFolder } from '../helpers/identities';
import { startKeyVault } from '../helpers/key-vault';
import { itTakesLong, sampleOf } from '../helpers/long-tests';
import { trust } from '../helpers/trusted-certificate';
import { startWorker } from '../helpers/worker-process';

interface Connector {
  connector?: Partial<CreateActivitiesOptions>;
}

/** Each has to be one string wherever it stands. */
const ENVIRONMENT: Record<string, string> = {
  SAP_PASSWORD: 'pa"ss\\word$& {{secrets.SAP_USER}} ü',
  SAP_USER: 'svc-robot-7',
  SAP_CLIENT: '987',
  CONNECTION: 'connection-of-finance',
  HOOK_TOKEN: 'hook-token-4711',
  FOREIGN: 'https://foreign.example.com',
  POWER_AUTOMATE_CLIENT_SECRET: 'own-client-secret',
  FORBIDDEN: 'forbidden-value',
};

const ALLOWED = Object.keys(ENVIRONMENT).filter((name) => name !== 'FORBIDDEN');

const ROBOT = { id: randomUUID(), name: 'Enter invoice', duration: '2s', result: { ok: true } };

let harness: Harness;
let open: Harness | undefined;
const present = new Map<string, string>();

async function start({ connector, ...options }: Omit<HarnessOptions, 'connector'> & Connector = {}) {
  present.clear();
  for (const [name, value] of Object.entries(ENVIRONMENT)) present.set(name, value);
  const { nameProblem } = environmentSecrets({}, { allow: [...ALLOWED, 'ORGANIZATION', 'GONE'] });
  const secrets = { nameProblem, get: async (name: string) => present.get(name) };
  open = await startHarness({ ...options, connector: { secrets, settlingWindowMs: 1000, ...connector } });
  harness = open;
  present.set('ORGANIZATION', harness.emulator.url);
}

afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** All that Temporal keeps of a workflow, payloads decoded. */
async function historyOf(handle: WorkflowHandle): Promise<string> {
  const decoded: string[] = [];
  const visit = (value: unknown): void => {
    if (value instanceof Uint8Array) decoded.push(Buffer.from(value).toString('utf8'));
    else if (typeof value === 'string') decoded.push(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  const history = await handle.fetchHistory();
  visit(history);
  return decoded.join('\n');
}

/** The client is so short that ids hold it by chance. */
const LONG_ENOUGH = 4;

/** In the words of Temporal, of its payloads, and of a URL. */
function expectNoSecretIn(text: string, more: string[] = []) {
  for (const secret of [...present.values(), ...more].filter(({ length }) => length >= LONG_ENOUGH)) {
    const asJson = JSON.stringify(secret).slice(1, -1);
    for (const spelled of [secret, asJson, JSON.stringify(asJson).slice(1, -1), encodeURIComponent(secret)])
      expect(text).not.toContain(spelled);
  }
}

const PASSWORDS = {
  User: 'svc',
  Password: '{{secrets.SAP_PASSWORD}}',
  Header: 'Basic {{ secrets.SAP_USER }}:{{secrets.SAP_CLIENT}}',
  Logins: [{ '{{secrets.SAP_USER}}': '{{secrets.SAP_USER}}' }, 7, '{{not one'],
};

const RESOLVED = {
  User: 'svc',
  Password: ENVIRONMENT.SAP_PASSWORD,
  Header: `Basic ${ENVIRONMENT.SAP_USER}:${ENVIRONMENT.SAP_CLIENT}`,
  Logins: [{ '{{secrets.SAP_USER}}': ENVIRONMENT.SAP_USER }, 7, '{{not one'],
};

describe('secrets that an input names', () => {
  const FORMS: [string, object | string][] = [
    ['an object', PASSWORDS],
    ['a text', JSON.stringify(PASSWORDS, null, 2)],
  ];

  it.each(sampleOf(FORMS, 1))(
    'come to the robot in its inputs, given as %s, and are in no history',
    async (_form, inputs) => {
      await start();
      const handle = await harness.start({ ...harness.flow({ result: { ok: true } }), inputs });
      await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true } });
      const [session] = harness.emulator.seen.sessions;
      expect(JSON.parse(session?.inputs ?? '')).toEqual(RESOLVED);
      const history = await historyOf(handle);
      expect(history).toContain('{{secrets.SAP_PASSWORD}}');
      expectNoSecretIn(history);
    },
  );

  it('may stand for the connection, the callback URL and the organization, also of a shared look', async () => {
    await start({ sharedPolling: true });
    const input = {
      ...harness.flow({ duration: '2s', result: { ok: true } }),
      organizationUri: '{{secrets.ORGANIZATION}}',
      connectionName: '{{secrets.CONNECTION}}',
      callbackUrl: 'https://hooks.contoso.com/{{secrets.HOOK_TOKEN}}/x',
      poll: { initialInterval: 1000, shared: true },
    };
    const handle = await harness.start(input);
    const watcher = await eventually(async () => {
      const { watcher } = await handle
        .query<{ watcher?: string }>('desktopFlowRun')
        .catch(() => ({}) as never);
      return watcher ?? (await historyOf(handle)).match(/watch-flow-runs\/[^"]*/)?.[0];
    });
    await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true } });
    expect(harness.emulator.seen.sessions).toMatchObject([
      { connection: 'connection-of-finance', callbackUrl: 'https://hooks.contoso.com/hook-token-4711/x' },
    ]);
    expect(watcher).toMatch(/^watch-flow-runs\/secret\/[0-9a-f]{12}\/0$/);
    const { host } = new URL(harness.emulator.url);
    expectNoSecretIn(await historyOf(handle), [host]);
    const watched = await historyOf(harness.client.workflow.getHandle(watcher));
    expect(watched).toContain('{{secrets.ORGANIZATION}}');
    expectNoSecretIn(watched, [host]);
  });

  itTakesLong('are read anew for each robot', async () => {
    await start();
    const retry = { initialInterval: '1s' };
    harness.emulator.inject({ on: 'run', kind: 'ends', status: 'Faulted' });
    const handle = await harness.start({ ...harness.flow(), retry, inputs: { a: '{{secrets.SAP_USER}}' } });
    await eventually(() => harness.emulator.seen.sessions.length === 1);
    present.set('SAP_USER', 'svc-robot-8');
    await handle.result();
    expect(harness.emulator.seen.sessions.map(({ inputs }) => inputs)).toEqual([
      '{"a":"svc-robot-7"}',
      '{"a":"svc-robot-8"}',
    ]);
  });

  it.each<[string, object, string, string]>([
    ['inputs.Password', { inputs: { Password: '{{secrets.GONE}}' } }, 'GONE', 'the worker has no secret'],
    [
      'inputs.Password',
      { inputs: '{"Password": "x{{secrets.FORBIDDEN}}"}' },
      'FORBIDDEN',
      'POWER_AUTOMATE_SECRETS',
    ],
    [
      'inputs.a.1.b',
      { inputs: { a: [0, { b: '{{secrets.TEMPORAL_API_KEY}}' }] } },
      'TEMPORAL_API_KEY',
      'never',
    ],
    [
      'inputs.a',
      { inputs: { a: '{{secrets.POWER_AUTOMATE_CLIENT_SECRET}}' } },
      'POWER_AUTOMATE_CLIENT_SECRET',
      'only authentication',
    ],
    ['connectionName', { connectionName: '{{secrets.GONE}}' }, 'GONE', 'the worker has no secret'],
    [
      'callbackUrl',
      { callbackUrl: 'https://hooks.contoso.com/{{secrets.FORBIDDEN}}' },
      'FORBIDDEN',
      'POWER_',
    ],
    ['callbackUrl', { callbackUrl: '{{secrets.HOOK_TOKEN}}' }, '', 'must be an https URL'],
    ['organizationUri', { organizationUri: '{{secrets.GONE}}' }, 'GONE', 'the worker has no secret'],
    ['organizationUri', { organizationUri: '{{secrets.FOREIGN}}' }, '', 'POWER_AUTOMATE_ALLOWED_HOSTS'],
    ['organizationUri', { organizationUri: 'https://{{secrets.SAP_USER}}/x' }, '', 'plain origin'],
  ])(
    'are refused by the name of the field, and nothing is sent: %s in %j',
    async (field, wrong, name, why) => {
      await start();
      const handle = await harness.start({ ...harness.flow(), ...wrong });
      const { failure, details } = await failureOf(handle);
      expect(failure).toMatchObject({ type: 'InvalidInput', nonRetryable: true });
      expect(details.problems).toMatchObject([{ field, problem: expect.stringContaining(name) }]);
      expect(details.problems?.[0]?.problem).toContain(why);
      expect(failure.message).toContain(`${field}: `);
      expect(harness.emulator.seen.requests).toHaveLength(0);
      expectNoSecretIn(await historyOf(handle));
    },
  );
});

describe('a refusal that repeats what was sent', () => {
  const said = (text: string) => `The inputs are not valid: ${text}. The client is '987' and not 19871.`;
  const sent = JSON.stringify(RESOLVED);

  it.each<[string, object]>([
    ['the inputs', { message: said(sent) }],
    ['the password alone', { message: said(ENVIRONMENT.SAP_PASSWORD ?? '') }],
    ['the whole request in JSON', { message: said(JSON.stringify({ inputs: sent })) }],
    ['the request in a text, without an error body', { body: said(JSON.stringify({ inputs: sent })) }],
    ['them where the explanation is cut off', { message: `${'x'.repeat(1995)}${ENVIRONMENT.SAP_PASSWORD}` }],
    ['them where a text is cut off', { body: `${'x '.repeat(148)}${ENVIRONMENT.SAP_PASSWORD}` }],
    ['them in the code', { code: ENVIRONMENT.SAP_USER, message: 'No.' }],
    ['the callback URL', { message: said(`https://hooks.contoso.com/${ENVIRONMENT.HOOK_TOKEN}`) }],
    ['the connection', { message: `The connection '${ENVIRONMENT.CONNECTION}' was not found.` }],
  ])('shows no secret: %s', async (_what, refusal) => {
    await start();
    const input = {
      ...harness.flow(),
      connectionName: '{{secrets.CONNECTION}}',
      callbackUrl: 'https://hooks.contoso.com/{{secrets.HOOK_TOKEN}}',
      inputs: PASSWORDS,
      scheduleToCloseTimeout: '2s',
    };
    harness.emulator.inject({ on: 'trigger', kind: 'status', httpStatus: 400, times: 'always', ...refusal });
    const handle = await harness.start(input);
    const { failure } = await failureOf(handle);
    expect(failure.message).toContain('Dataverse answered 400');
    const history = await historyOf(handle);
    expectNoSecretIn(history);
    // Neither whole nor in part.
    expect(history).not.toMatch(/pa\\*"ss|svc-rob|'987'/);
  });

  it('shows no host that a secret stands for, where it is out of reach', async () => {
    const organizationUri = 'http://127.0.0.1:1';
    await start({ connector: { organizationUri } });
    present.set('ORGANIZATION', organizationUri);
    present.set('HOOK_TOKEN', harness.emulator.bearerToken);
    const handle = await harness.start({
      ...harness.flow(),
      organizationUri: '{{secrets.ORGANIZATION}}',
      authentication: { type: 'bearer', token: '{{secrets.HOOK_TOKEN}}' },
      scheduleToCloseTimeout: '1s',
    });
    const { failure } = await failureOf(handle);
    expect(failure.message).toContain('[redacted] could not be reached');
    expect(await historyOf(handle)).not.toContain('127.0.0.1');
  });
});

describe('a robot whose answer is lost', () => {
  itTakesLong('is found by the connection that a secret stands for', async () => {
    await start({ ownNamespace: true });
    const input = { ...harness.flow({ result: { ok: true } }), connectionName: '{{secrets.CONNECTION}}' };
    harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: input.flowId });
    await expect(harness.run(input)).resolves.toMatchObject({ outputs: { ok: true } });
    expect(harness.emulator.seen.sessions).toMatchObject([{ connection: ENVIRONMENT.CONNECTION }]);
  });

  itTakesLong('is found by the callback URL of the caller with a secret in it', async () => {
    await start({ ownNamespace: true });
    const input = {
      ...harness.flow({ result: { ok: true } }),
      callbackUrl: 'https://hooks.contoso.com/{{secrets.HOOK_TOKEN}}',
    };
    harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: input.flowId });
    await expect(harness.run(input)).resolves.toMatchObject({ outputs: { ok: true } });
    expect(harness.emulator.seen.sessions).toMatchObject([
      { callbackUrl: `https://hooks.contoso.com/${ENVIRONMENT.HOOK_TOKEN}` },
    ]);
  });

  itTakesLong(
    'is found by its key although the worker has lost the secret of its inputs meanwhile',
    async () => {
      await start({ connector: { callbackBaseUrl: 'http://127.0.0.1:9/callbacks' } });
      const input = {
        ...harness.flow({ duration: '1s', result: { ok: true } }),
        connectionName: '{{secrets.CONNECTION}}',
        inputs: { a: '{{secrets.SAP_USER}}' },
      };
      harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: input.flowId });
      harness.emulator.inject({ on: 'query', kind: 'status', httpStatus: 503, times: 2 });
      const handle = await harness.start(input);
      await eventually(() => harness.emulator.seen.sessions.length === 1);
      present.clear();
      await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true } });
      expect(harness.emulator.seen.counts.trigger).toBe(1);
      expect(harness.emulator.seen.sessions).toMatchObject([{ inputs: '{"a":"svc-robot-7"}' }]);
    },
  );
});

/** Of the emulator, as it makes them. */
const ACCESS_TOKEN = /emulator\.[\w-]{32}/;

describe('a worker process with a certificate, files and a key vault', () => {
  it('writes no secret anywhere, with everything logged, through a rotation and through failures', async () => {
    const tls = selfSigned(['127.0.0.1']);
    const distrust = trust(tls.cert);
    const emulator = await startEmulator({ tls, flows: { flows: [{ ...ROBOT }] } });
    const vault = await startKeyVault(() => emulator);
    const folder = new MountedFolder();
    const setups = new CredentialKinds(emulator);
    const { environment, replace, retireOld } = setups.kinds['clientCertificate, in a file']();
    const taskQueue = `secrets-${randomUUID()}`;
    vault.secrets.set('SAP-PASSWORD', 'of-the-vault-4711');
    folder.put('SAP_USER', 'of-the-file-4712\n');
    const variables = {
      ...environment,
      TEMPORAL_ADDRESS: setUp('TEST_TEMPORAL_ADDRESS'),
      TEMPORAL_TASK_QUEUE: taskQueue,
      POWER_AUTOMATE_SECRETS: 'SAP_*',
      POWER_AUTOMATE_SECRETS_FROM: `${folder.path},${vault.url}`,
      POWER_AUTOMATE_SECRETS_KEPT_FOR: '0s',
      NODE_EXTRA_CA_CERTS: folder.put('ca.pem', `${tls.cert}${vault.certificate}`),
      LOG_LEVEL: 'trace',
    };
    const worker = await startWorker(variables);
    const connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
    const { workflow } = new Client({ connection });
    const inputs = { Password: '{{secrets.SAP_PASSWORD}}', User: '{{secrets.SAP_USER}}' };
    const poll = { initialInterval: 50, maximumInterval: 100, shared: false };
    const input = { flowId: ROBOT.id, connectionName: 'c', runMode: 'unattended', inputs, poll };
    const start = () =>
      workflow.start('RunDesktopFlow', { args: [input], taskQueue, workflowId: randomUUID() });
    try {
      const first = await start();
      await eventually(() => emulator.seen.counts.status > 0);
      // The old one is refused for a while, and the vault gives nothing: both are told in failures.
      retireOld?.();
      emulator.revokeTokens();
      await eventually(() => emulator.seen.refused.some(({ kind }) => kind === 'token'));
      vault.trouble = 403;
      const second = await start();
      replace?.();
      await expect(first.result()).resolves.toMatchObject({ outputs: { ok: true } });
      await eventually(() => vault.seen.length > 1);
      vault.trouble = undefined;
      await expect(second.result()).resolves.toMatchObject({ outputs: { ok: true } });
      const doctor = await runProgram({ file: 'cli/main.js', args: ['doctor', '--json'] }, variables);
      const list = await runProgram({ file: 'cli/main.js', args: ['flows'] }, variables);
      expect(list).toMatchObject({ code: 0, stdout: expect.stringContaining(ROBOT.name) });
      await worker.end('SIGTERM');
      expect(emulator.seen.sessions.map((session) => session.inputs)).toEqual(
        Array(2).fill('{"Password":"of-the-vault-4711","User":"of-the-file-4712"}'),
      );
      const written = {
        log: worker.log(),
        doctor: JSON.stringify(doctor),
        list: JSON.stringify(list),
        first: await historyOf(first),
        second: await historyOf(second),
      };
      expect(written.log).toContain('The worker is ready');
      expect(JSON.parse(doctor.stdout).checks).toContainEqual(
        expect.objectContaining({ id: 'token', status: 'passed' }),
      );
      const marks = [...setups.secrets, 'of-the-vault-4711', 'of-the-file-4712', emulator.clientId];
      for (const [where, text] of Object.entries(written)) {
        for (const mark of marks) expect([where, text.includes(mark)]).toEqual([where, false]);
        expect([where, ACCESS_TOKEN.test(text)]).toEqual([where, false]);
      }
    } finally {
      await worker.end('SIGKILL').catch(() => undefined);
      await connection.close();
      setups.close();
      folder.remove();
      await vault.close();
      await emulator.close();
      distrust();
    }
  });
});
