import fc from 'fast-check';
import { OrganizationGate } from '../../../src/dataverse/limits/organization-gate';
import { RequestBudget } from '../../../src/dataverse/limits/request-budget';

const WINDOW_MS = 300_000;

describe('the budget of requests', () => {
  it('is never exceeded in any 5 minutes, and who waits as long as it says may go', () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), pauses, (limit, waits) => {
        let now = 1_700_000_000_123;
        const budget = new RequestBudget(limit, () => now);
        const sent: number[] = [];
        for (const pause of waits) {
          now += pause;
          now += budget.waitMs();
          expect(budget.waitMs()).toBe(0);
          budget.spend();
          sent.push(now);
          expect(sent.filter((at) => at > now - WINDOW_MS).length).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  it('lets a cancel go when all else has to wait', () => {
    const budget = new RequestBudget(2, () => 1_000_000);
    for (let used = 0; used < 2; used += 1) budget.spend();
    expect(budget.waitMs()).toBeGreaterThan(290_000);
    expect(budget.waitMs(true)).toBe(0);
    for (let used = 0; used < 2; used += 1) budget.spend();
    expect(budget.waitMs(true)).toBeGreaterThan(290_000);
  });

  it('that is used up refuses before anything is sent, and says for how long', async () => {
    const gate = new OrganizationGate({ requestBudget: 1 });
    await gate.pass(async () => 'sent');
    const refused = await gate.pass(async () => 'sent').catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: 'throttled', outcome: 'refused' });
    expect((refused as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(290_000);
    await expect(gate.pass(async () => 'sent', { isUrgent: true })).resolves.toBe('sent');
  });
});
