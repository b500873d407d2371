/** Which organizations' gates a process forgets, once it has talked to many. */
import { gateOf, type OrganizationGate } from '../../../src/dataverse/limits/organization-gate';
import { clientOf, closeServers, failureOf, refusal, serve, whoAmI } from '../scripted-server';

let now: number;
let organizations = 0;

beforeEach(() => {
  now = Date.parse('2026-03-01T12:00:00Z');
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});

afterEach(() => {
  jest.restoreAllMocks();
  return closeServers();
});

function newOrganization(): URL {
  organizations += 1;
  return new URL(`https://organization-${organizations}.crm4.dynamics.com`);
}

function talkToManyOthers(): void {
  for (let count = 0; count < 200; count += 1) gateOf(newOrganization());
}

describe('a gate', () => {
  it('that nothing is known of is forgotten, once many others were asked for after it', () => {
    const organization = newOrganization();
    const gate = gateOf(organization);
    expect(gateOf(organization)).toBe(gate);
    talkToManyOthers();
    expect(gateOf(organization)).not.toBe(gate);
  });

  it('that was asked for lately is kept', () => {
    const organization = newOrganization();
    const gate = gateOf(organization);
    for (let count = 0; count < 200; count += 1) {
      gateOf(newOrganization());
      expect(gateOf(organization)).toBe(gate);
    }
  });

  it.each<[string, number, (gate: OrganizationGate) => unknown]>([
    ['that Dataverse has closed is kept until it opens', 60_000, (gate) => gate.close(60_000)],
    ['that has let a request pass is kept while it counts', 301_000, (gate) => gate.pass(async () => {})],
  ])('%s', async (_which, forMs, use) => {
    const organization = newOrganization();
    const gate = gateOf(organization);
    await use(gate);
    now += forMs - 1;
    talkToManyOthers();
    expect(gateOf(organization)).toBe(gate);
    now += 1;
    talkToManyOthers();
    expect(gateOf(organization)).not.toBe(gate);
  });

  it('with a request in flight is kept', async () => {
    const organization = newOrganization();
    const gate = gateOf(organization);
    let end = () => {};
    const inFlight = gate.pass(() => new Promise<void>((resolve) => (end = resolve)));
    await Promise.resolve();
    // Past the time for which the budget counts it.
    now += 600_000;
    talkToManyOthers();
    expect(gateOf(organization)).toBe(gate);
    end();
    await inFlight;
  });
});

it('a client whose gate was forgotten meanwhile keeps to the new one', async () => {
  const server = await serve(whoAmI(), refusal(429, '', '', { 'Retry-After': '30' }));
  const early = clientOf(server);
  await early.whoAmI();
  now += 600_000;
  talkToManyOthers();
  await failureOf(clientOf(server).whoAmI());
  await expect(failureOf(early.whoAmI())).resolves.toMatchObject({ kind: 'throttled', retryAfterMs: 30_000 });
  expect(server.seen).toHaveLength(2);
});
