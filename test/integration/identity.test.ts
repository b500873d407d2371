/** Who the worker is changes while a robot works: a certificate, a token or a secret is rotated, and the old one refused. */
import { readPowerAutomateConfig } from '../../src/config/config';
import { configuredSecrets } from '../../src/config/secret-providers';
import { selfSigned } from '../helpers/certificate';
import { CREDENTIAL_KIND_NAMES, type CredentialKind, CredentialKinds } from '../helpers/credential-kinds';
import { eventually, type Harness, startHarness } from '../helpers/harness';
import { type KeyVault, startKeyVault } from '../helpers/key-vault';
import { itTakesLong, sampleOf } from '../helpers/long-tests';
import { trust } from '../helpers/trusted-certificate';

const tls = selfSigned(['127.0.0.1']);
const environmentOfProcess = { ...process.env };
let distrust: () => void;
let harness: Harness;
let setups: CredentialKinds;

beforeAll(() => {
  distrust = trust(tls.cert);
});
afterAll(() => distrust());

afterEach(async () => {
  setups?.close();
  await harness.close();
  process.env = { ...environmentOfProcess };
});

async function start(name: (typeof CREDENTIAL_KIND_NAMES)[number]): Promise<CredentialKind> {
  let kind: CredentialKind | undefined;
  harness = await startHarness({
    emulator: { tls },
    connector: (emulator) => {
      setups = new CredentialKinds(emulator);
      kind = setups.kinds[name]();
      Object.assign(process.env, kind.ofProcess);
      const { credentials } = readPowerAutomateConfig(kind.environment);
      return { credentials };
    },
  });
  return kind as CredentialKind;
}

const looks = () => harness.emulator.seen.counts.status;
/** Of Dataverse, whatever the run asked for at that moment: on a busy machine its robot may have ended. */
const refusedRequests = () =>
  harness.emulator.seen.refused.filter(({ kind, status }) => kind !== 'token' && status === 401).length;

async function startRobot(duration = '1s') {
  const handle = await harness.start(harness.flow({ duration, result: { ok: true } }));
  await eventually(() => looks() > 0);
  return handle;
}

// That each kind is rotated without a new client, `test/identity` looks at in less time.
describe.each(sampleOf(CREDENTIAL_KIND_NAMES, 1, 3))('a robot of a worker with %s', (name) => {
  it('ends right where the proof is rotated meanwhile, and the old one refused: for one try', async () => {
    const { replace, retireOld } = await start(name);
    const handle = await startRobot();
    replace?.();
    retireOld?.();
    harness.emulator.revokeTokens();
    await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true } });
    const { seen } = harness.emulator;
    expect(seen.counts).toMatchObject({ trigger: 1, token: 2 });
    expect(refusedRequests()).toBe(1);
    // Also the start of the next robot has the new proof.
    await expect(harness.run(harness.flow({ result: { ok: true } }))).resolves.toMatchObject({
      outputs: { ok: true },
    });
    expect(harness.emulator.seen.counts).toMatchObject({ trigger: 2, token: 2 });
  });
});

it('a robot ends right where the old certificate is refused before the new one is there', async () => {
  const { replace, retireOld } = await start('clientCertificate, in a file');
  const handle = await startRobot('500ms');
  retireOld?.();
  harness.emulator.revokeTokens();
  await eventually(() => harness.emulator.seen.refused.some(({ kind }) => kind === 'token'));
  replace?.();
  await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true } });
  expect(harness.emulator.seen.counts.trigger).toBe(1);
});

describe('a worker with a key vault', () => {
  let vault: KeyVault;

  beforeEach(async () => {
    vault = await startKeyVault(() => harness.emulator);
  });
  afterEach(() => vault.close());

  /** The vault is asked with the worker's certificate. */
  async function startWithVault(names: readonly string[]): Promise<void> {
    harness = await startHarness({
      emulator: { tls },
      connector: (emulator) => {
        setups = new CredentialKinds(emulator);
        const environment = {
          ...setups.kinds['clientCertificate, in a file']().environment,
          POWER_AUTOMATE_SECRETS: names.join(),
          POWER_AUTOMATE_SECRETS_FROM: vault.url,
        };
        const config = readPowerAutomateConfig(environment);
        return { credentials: config.credentials, secrets: configuredSecrets(environment, config) };
      },
    });
  }

  it('asks as an input says with the secret of now where the one that it kept is refused, for one try', async () => {
    const fields = {
      clientId: 'INVOICES_ID',
      clientSecret: 'INVOICES_SECRET',
      tokenEndpoint: 'INVOICES_TOKENS',
    };
    await startWithVault(Object.values(fields));
    const { emulator } = harness;
    vault.secrets.set('INVOICES-ID', emulator.clientId);
    vault.secrets.set('INVOICES-SECRET', emulator.clientSecret);
    vault.secrets.set('INVOICES-TOKENS', emulator.tokenEndpoint);
    const references = Object.entries(fields).map(([field, name]) => [field, `{{secrets.${name}}}`]);
    const authentication = { type: 'oauth', ...Object.fromEntries(references) };
    const input = { ...harness.flow({ duration: '1s', result: { ok: true } }), authentication };
    const handle = await harness.start(input);
    await eventually(() => looks() > 0);
    const asked = vault.seen.length;
    expect(asked).toBe(3);
    vault.secrets.set('INVOICES-SECRET', 'the-secret-of-next-year');
    emulator.register({ clientSecrets: ['the-secret-of-next-year'] });
    emulator.revokeTokens();
    await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true } });
    await expect(harness.run(input)).resolves.toMatchObject({ outputs: { ok: true } });
    const refusedTokens = emulator.seen.refused.filter(({ kind }) => kind === 'token');
    expect(refusedTokens).toHaveLength(1);
    expect(refusedRequests()).toBe(1);
    expect(emulator.seen.counts.trigger).toBe(2);
    expect(vault.seen.length - asked).toBe(3);
  });

  itTakesLong('starts nothing while the vault gives nothing, and the robot as soon as it does', async () => {
    await startWithVault(['SAP_PASSWORD']);
    vault.trouble = 403;
    const inputs = { Password: '{{secrets.SAP_PASSWORD}}' };
    const handle = await harness.start({ ...harness.flow({ result: { ok: true } }), inputs });
    await eventually(() => vault.seen.length > 0);
    expect(harness.emulator.seen.counts.trigger).toBe(0);
    vault.secrets.set('SAP-PASSWORD', 'hunter2-hunter2');
    vault.trouble = undefined;
    await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true } });
    expect(harness.emulator.seen.sessions).toMatchObject([{ inputs: '{"Password":"hunter2-hunter2"}' }]);
  });
});
