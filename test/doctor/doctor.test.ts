/** One fault of a set-up at a time: the doctor names it, and nothing else. */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CheckId, COMMON_FINDINGS, FINDINGS } from '../../src/doctor/codes';
import type { Examined } from '../../src/doctor/examine';
import { findingsOf } from '../../src/doctor/text';
import {
  type Emulator,
  type EmulatorOptions,
  type Fault,
  type SetupFault,
  startEmulator,
} from '../../src/testing/emulator';
import {
  ABOUT,
  type About,
  CONNECTION,
  codesOf,
  ENVIRONMENT_OF_DATAVERSE,
  type Environment,
  examined,
  FLOW,
  type Ground,
  REFERENCE,
  rightEnvironment,
  startGround,
} from './situation';

/** How a right set-up is made wrong. */
interface Wrong {
  emulator?: EmulatorOptions;
  setUp?: SetupFault;
  inject?: Fault;
  variables?: Environment | ((right: Environment) => Environment);
  about?: About;
}

const ANOTHER = { id: randomUUID(), name: 'Another', duration: 0 };
const NOWHERE = 'http://127.0.0.1:1';

let ground: Ground;
/** Neither Dataverse nor a receiver: it answers with a page, 404 or, below /down, 502. */
let website: Server;
let emulator: Emulator;

beforeAll(async () => {
  ground = await startGround();
  website = createServer(({ url = '' }, response) => {
    const status = url.startsWith('/down') ? 502 : 404;
    response.writeHead(status, { 'Content-Type': 'text/html' }).end('<title>Nothing here</title>');
  }).listen(0, '127.0.0.1');
}, 120_000);

afterAll(async () => {
  await ground.close();
  website.close();
});

afterEach(() => emulator.close());

async function examineWrong({ emulator: options, setUp, inject, variables = {}, about = {} }: Wrong) {
  emulator = await startEmulator({ flows: ENVIRONMENT_OF_DATAVERSE, ...options });
  if (setUp) emulator.breakSetUp(setUp);
  if (inject) emulator.inject(inject);
  const right = rightEnvironment(emulator, ground);
  const changed = typeof variables === 'function' ? variables(right) : variables;
  return examined({ ...right, ...changed }, { ...ABOUT, ...about });
}

const A_TEXT = expect.stringMatching(/\w{2}/);

const siteUrl = () => `http://127.0.0.1:${(website.address() as AddressInfo).port}`;
const withFlow = (flow: object): EmulatorOptions => ({
  flows: { ...ENVIRONMENT_OF_DATAVERSE, flows: [{ ...FLOW, ...flow }, ANOTHER] },
});
const tokenError = (situation: 'expiredSecret' | 'appDisabled' | 'conditionalAccess' | 'busy'): Wrong => ({
  inject: { on: 'token', kind: 'tokenError', situation, times: 'always' },
});
const organization = (url: string): Wrong => ({ variables: { POWER_AUTOMATE_ORGANIZATION_URI: url } });
const endpoint = (change: (right: string) => string): Wrong => ({
  variables: ({ POWER_AUTOMATE_TOKEN_ENDPOINT: right = '' }) => ({
    POWER_AUTOMATE_TOKEN_ENDPOINT: change(right),
  }),
});

it('finds nothing in a right set-up, and tells everything', async () => {
  const all = await examineWrong({});
  expect(codesOf(all)).toEqual([]);
  const others = all.filter(({ status }) => status !== 'passed');
  expect(others.map(({ id }) => id)).toEqual([]);
});

const FAULTS: readonly (readonly [what: string, code: string, Wrong])[] = [
  // Temporal
  [
    'Temporal that does not answer',
    'temporal-unreachable',
    { variables: { TEMPORAL_ADDRESS: '127.0.0.1:1' } },
  ],
  ['a namespace that is not there', 'namespace-missing', { variables: { TEMPORAL_NAMESPACE: 'nowhere' } }],
  ['a task queue that nobody polls', 'no-worker', { variables: { TEMPORAL_TASK_QUEUE: randomUUID() } }],
  // Configuration
  [
    'a variable that is no number',
    'variable-wrong',
    { variables: { POWER_AUTOMATE_REQUEST_BUDGET: 'many' } },
  ],
  [
    'no credentials',
    'credentials-missing',
    {
      variables: {
        POWER_AUTOMATE_CLIENT_ID: '',
        POWER_AUTOMATE_CLIENT_SECRET: '',
        POWER_AUTOMATE_TOKEN_ENDPOINT: '',
      },
    },
  ],
  ['a secret that is missing', 'credentials-wrong', { variables: { POWER_AUTOMATE_CLIENT_SECRET: '' } }],
  // The URL of the organization
  ['no URL of the organization', 'organization-missing', organization('')],
  [
    'the portal of Power Automate',
    'organization-url-maker-portal',
    organization('https://make.powerautomate.com/environments/Default-1/home'),
  ],
  [
    'an admin center',
    'organization-url-admin-center',
    organization('https://admin.powerplatform.microsoft.com/environments'),
  ],
  [
    'the Power Platform API',
    'organization-url-platform-api',
    organization('https://1a2b.3c.environment.api.powerplatform.com'),
  ],
  [
    'the discovery service',
    'organization-url-discovery',
    organization('https://globaldisco.crm.dynamics.com'),
  ],
  ['the id of an environment', 'organization-url-id', organization(randomUUID())],
  ['a URL without https://', 'organization-url-scheme', organization('contoso.crm4.dynamics.com')],
  ['a URL with http://', 'organization-url-http', organization('http://contoso.crm4.dynamics.com')],
  ['a URL without its region', 'organization-url-region', organization('https://contoso.dynamics.com')],
  [
    'a URL with the path of the API',
    'organization-url-path',
    organization('https://contoso.api.crm4.dynamics.com/api/data/v9.2/'),
  ],
  [
    'a URL with the page of an app',
    'organization-url-path',
    organization('https://contoso.crm4.dynamics.com/main.aspx?appid=1'),
  ],
  [
    'a URL with credentials',
    'organization-url-credentials',
    organization('https://me:hunter22@contoso.crm4.dynamics.com'),
  ],
  ['no URL at all', 'organization-url-form', organization('contoso')],
  ['an organization that cannot be reached', 'organization-unreachable', organization(NOWHERE)],
  [
    'a host that is not Dataverse',
    'organization-not-dataverse',
    { variables: () => ({ POWER_AUTOMATE_ORGANIZATION_URI: siteUrl() }) },
  ],
  [
    'a gateway that has trouble',
    'organization-unavailable',
    { inject: { on: 'whoAmI', kind: 'html', times: 'always' } },
  ],
  ['clocks that differ', 'clock-skew', { setUp: 'clockAhead' }],
  // Identity
  [
    'a token endpoint with its placeholder',
    'token-endpoint-form',
    endpoint(() => 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token'),
  ],
  [
    'the endpoint of all tenants',
    'token-endpoint-form',
    endpoint((right) => right.replace(/\w+\.onmicrosoft\.com/, 'common')),
  ],
  [
    'the endpoint where people sign in',
    'token-endpoint-form',
    endpoint((right) => right.replace(/token$/, 'authorize')),
  ],
  [
    'an endpoint without its path',
    'token-endpoint-form',
    endpoint(() => 'https://login.microsoftonline.com/contoso.onmicrosoft.com'),
  ],
  [
    'a token endpoint that does not answer',
    'token-endpoint-unreachable',
    endpoint(() => `${NOWHERE}/contoso/oauth2/v2.0/token`),
  ],
  [
    'a tenant that is not the organization’s',
    'tenant-differs',
    {
      emulator: { tenantId: randomUUID() },
      ...endpoint((right) => right.replace(/[0-9a-f-]{36}/, randomUUID())),
    },
  ],
  ['a tenant that is not there', 'AADSTS90002', endpoint((right) => right.replace('emulator.', 'contoso.'))],
  [
    'a client id that nobody knows',
    'AADSTS700016',
    { variables: { POWER_AUTOMATE_CLIENT_ID: randomUUID() } },
  ],
  ['a wrong secret', 'AADSTS7000215', { variables: { POWER_AUTOMATE_CLIENT_SECRET: 'wrong-secret-4711' } }],
  ['a secret that has expired', 'AADSTS7000222', tokenError('expiredSecret')],
  ['an application that is disabled', 'AADSTS7000112', tokenError('appDisabled')],
  ['a policy of Conditional Access', 'AADSTS53003', tokenError('conditionalAccess')],
  [
    'a bearer token that is over',
    'token-not-taken',
    {
      variables: {
        POWER_AUTOMATE_CLIENT_ID: '',
        POWER_AUTOMATE_CLIENT_SECRET: '',
        POWER_AUTOMATE_TOKEN_ENDPOINT: '',
        POWER_AUTOMATE_BEARER_TOKEN: 'a-token-that-is-over',
      },
    },
  ],
  ['an application that is no user', 'no-application-user', { setUp: 'noApplicationUser' }],
  ['an application user that is disabled', 'application-user-disabled', { setUp: 'disabledUser' }],
  ['an IP firewall', 'address-blocked', { setUp: 'addressBlocked' }],
  ['a user without roles', 'no-roles', { setUp: 'noRoles' }],
  // Rights
  ['no right to read flows', 'flows-forbidden', { setUp: 'noFlowPrivilege' }],
  [
    'no flow that it sees',
    'no-flow-visible',
    { emulator: { flows: { ...ENVIRONMENT_OF_DATAVERSE, flows: [] } } },
  ],
  ['no right to read runs', 'runs-forbidden', { setUp: 'noRunPrivilege' }],
  ['runs of its own alone', 'own-runs-only', { setUp: 'ownRunsOnly' }],
  ['no right to cancel', 'cancel-forbidden', { setUp: 'noCancelPrivilege' }],
  // Flow and connection
  ['a flow that is a draft', 'flow-draft', { emulator: withFlow({ published: false }) }],
  ['a flow that is suspended', 'flow-suspended', { emulator: withFlow({ suspended: true }) }],
  ['the id of a cloud flow', 'flow-no-desktop-flow', { emulator: withFlow({ category: 'cloud' }) }],
  ['a flow that is not there, by id', 'flow-unknown', { about: { flow: randomUUID() } }],
  ['a flow that is not there, by name', 'flow-unknown', { about: { flow: 'Enter invoce' } }],
  [
    'two flows of one name',
    'flow-ambiguous',
    {
      emulator: { flows: { ...ENVIRONMENT_OF_DATAVERSE, flows: [FLOW, { ...FLOW, id: randomUUID() }] } },
      about: { flow: FLOW.name },
    },
  ],
  [
    'a page instead of a connection',
    'connection-name-implausible',
    {
      about: {
        connection: 'https://make.powerautomate.com/connections?apiName=shared_uiflow&connectionName=1',
      },
    },
  ],
  [
    'a title instead of a connection',
    'connection-name-implausible',
    { about: { connection: 'Invoices of the third floor' } },
  ],
  [
    'a connection reference instead of a connection',
    'connection-is-reference',
    { about: { connection: REFERENCE } },
  ],
  ['a connection reference that is not there', 'reference-unknown', { about: { reference: 'new_invoice' } }],
  ['a connection reference without a connection', 'reference-unbound', { setUp: 'unboundReferences' }],
  [
    'a connection reference of another connector',
    'reference-of-other-connector',
    { setUp: 'foreignReferences' },
  ],
  // Machines
  ['no machine', 'no-machine', { setUp: 'noMachines' }],
  ['machines that are off', 'machines-silent', { setUp: 'silentMachines' }],
  ['machines without capacity', 'machines-over-capacity', { setUp: 'machinesOverCapacity' }],
  // Callbacks
  [
    'a signing key that is too short',
    'callback-variable-wrong',
    { variables: { CALLBACK_SIGNING_KEYS: 'hunter22' } },
  ],
  ['a column that cannot be searched', 'callbackurl-not-filterable', { setUp: 'callbackUrlNotFilterable' }],
  ['a receiver that does not run', 'callback-unreachable', { variables: { CALLBACK_BASE_URL: NOWHERE } }],
  [
    'another server in its place',
    'callback-not-receiver',
    { variables: () => ({ CALLBACK_BASE_URL: siteUrl() }) },
  ],
  [
    'a proxy with nothing behind it',
    'callback-receiver-down',
    { variables: () => ({ CALLBACK_BASE_URL: `${siteUrl()}/down` }) },
  ],
  [
    'a host that DNS does not know',
    'callback-host-unknown',
    { variables: { CALLBACK_BASE_URL: 'https://robots.contoso.test' } },
  ],
  // Limits
  [
    'a token endpoint that asks to wait',
    'token-throttled',
    { inject: { on: 'token', kind: 'throttle', times: 'always' } },
  ],
  // The first comes without a token, to see who answers.
  [
    'Dataverse that asks to wait',
    'throttled',
    { inject: { on: 'whoAmI', kind: 'throttle', after: 1, times: 'always' } },
  ],
  ['requests that are used up', 'service-protection-used-up', { emulator: { limits: { requests: 300 } } }],
];

describe('a set-up with one fault', () => {
  it.each(FAULTS)('%s: %s', async (_what, code, wrong) => {
    const all = await examineWrong(wrong);
    expect(codesOf(all)).toEqual([code]);
    for (const finding of findingsOf(all)) {
      expect(finding).toMatchObject({ what: A_TEXT, why: A_TEXT, whatToDo: A_TEXT, where: A_TEXT });
    }
    const [id] = all.flatMap((one) => (one.status === 'found' ? [one.id] : []));
    if (!code.startsWith('AADSTS')) expect([...FINDINGS[id as CheckId], ...COMMON_FINDINGS]).toContain(code);
  });
});

describe('a set-up that is right in another way', () => {
  const untoldOf = (all: readonly Examined[]) =>
    all.filter(({ status }) => status !== 'passed').map(({ id }) => id);

  it('has a bearer token', async () => {
    emulator = await startEmulator({ flows: ENVIRONMENT_OF_DATAVERSE });
    const {
      POWER_AUTOMATE_CLIENT_ID: _id,
      POWER_AUTOMATE_CLIENT_SECRET: _secret,
      POWER_AUTOMATE_TOKEN_ENDPOINT: _endpoint,
      ...right
    } = rightEnvironment(emulator, ground);
    const all = await examined({ ...right, POWER_AUTOMATE_BEARER_TOKEN: emulator.bearerToken });
    expect([codesOf(all), untoldOf(all)]).toEqual([[], ['token']]);
  });

  it.each([
    ['a callback URL that is never called', ''],
    ['no callback URL', 'off'],
  ])('has %s', async (_what, base) => {
    const all = await examineWrong({ variables: { CALLBACK_BASE_URL: base } });
    expect([codesOf(all), untoldOf(all)]).toEqual([[], []]);
    expect(all.map(({ id }) => id)).not.toContain('callback-receiver');
  });

  it('has a user that may not read machines, and need not', async () => {
    const all = await examineWrong({ setUp: 'noMachinePrivilege' });
    expect([codesOf(all), untoldOf(all)]).toEqual([[], ['machines', 'machine-capacity']]);
  });

  it('has machines that are made when they are needed', async () => {
    const all = await examineWrong({
      emulator: { flows: { flows: [FLOW] } },
      about: { reference: undefined },
    });
    expect([codesOf(all), untoldOf(all)]).toEqual([[], ['connection', 'machines', 'machine-capacity']]);
  });
});

it('names two faults that have nothing to do with each other', async () => {
  const all = await examineWrong({
    variables: { TEMPORAL_NAMESPACE: 'nowhere', POWER_AUTOMATE_CLIENT_SECRET: 'wrong-secret-4711' },
  });
  expect(codesOf(all)).toEqual(['namespace-missing', 'AADSTS7000215']);
});

it('says of a check that it was left out, and what comes first', async () => {
  const all = await examineWrong({ setUp: 'noApplicationUser' });
  const machines = all.find(({ id }) => id === 'machines');
  expect(machines).toMatchObject({ status: 'skipped', detail: expect.stringContaining('waits for: ') });
});

it('looks for a connection that was used before', async () => {
  emulator = await startEmulator({ flows: ENVIRONMENT_OF_DATAVERSE });
  emulator.startForeignRun({ flowId: FLOW.id ?? '', connectionName: CONNECTION });
  const all = await examined(rightEnvironment(emulator, ground), { connection: CONNECTION });
  expect(all.find(({ id }) => id === 'connection')).toMatchObject({
    status: 'passed',
    detail: 'robots were started over it before',
  });
});
