import { OrganizationGate } from '../../../src/dataverse/limits/organization-gate';
import {
  clientOf,
  closeServers,
  FLOW_ID,
  failureOf,
  refusal,
  SESSION_ID,
  serve,
  TRIGGER,
  whoAmI,
} from '../scripted-server';

afterEach(closeServers);

/** What is known in other processes. */
function others(waitMs = 0) {
  return { toldToOthersMs: jest.fn(async () => waitMs), tellOthers: jest.fn() };
}

const throttled = (code: string) => refusal(429, code, 'Later', { 'Retry-After': '30' });

describe('a wait that was told to another process', () => {
  it('holds back every request to the organization, and no cancel', async () => {
    const server = await serve({ status: 204 });
    const sharedWaits = others(20_000);
    const client = clientOf(server, { sharedWaits });
    for (const ask of [client.whoAmI(), client.runDesktopFlow(FLOW_ID, TRIGGER)]) {
      const error = await failureOf(ask);
      expect(error).toMatchObject({ kind: 'throttled', outcome: 'refused' });
      expect(error.status).toBeUndefined();
      expect(error.retryAfterMs).toBeGreaterThan(19_000);
      expect(error.retryAfterMs).toBeLessThanOrEqual(20_000);
    }
    await client.cancelDesktopFlowRun(SESSION_ID);
    expect(server.seen).toHaveLength(1);
    expect(sharedWaits.toldToOthersMs).toHaveBeenCalledTimes(2);
    expect(sharedWaits.tellOthers).not.toHaveBeenCalled();
  });

  it('does not let a cancel pass that this process itself was told to keep', () => {
    const gate = new OrganizationGate();
    gate.hold(30_000);
    expect(() => gate.check(true)).not.toThrow();
    gate.close(1_000);
    expect(() => gate.check(true)).toThrow('Dataverse asked to wait');
  });
});

describe('a wait that this process was told', () => {
  it('is told to the others', async () => {
    const server = await serve(throttled('0x80072322'));
    const sharedWaits = others();
    await failureOf(clientOf(server, { sharedWaits }).whoAmI());
    expect(sharedWaits.tellOthers.mock.calls).toEqual([[expect.any(URL), 30_000]]);
  });

  it('for one connection closes no organization', async () => {
    const server = await serve(throttled('DesktopFlowsActionThrottled'), whoAmI());
    const sharedWaits = others();
    const client = clientOf(server, { sharedWaits });
    const error = await failureOf(client.runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'throttled', outcome: 'refused', retryAfterMs: 30_000 });
    await expect(client.whoAmI()).resolves.toHaveProperty('userId');
    expect(sharedWaits.tellOthers).not.toHaveBeenCalled();
  });
});
