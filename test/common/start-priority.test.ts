import { startPriority, startsQueueOf } from '../../src/common/start-priority';

const INPUT = { connectionName: 'Invoices of Contoso' };
const keyOf = (input: object) => startPriority({ ...INPUT, ...input }).fairnessKey;

describe('the priority of a start', () => {
  it.each([
    ['high', 2],
    ['High', 2],
    ['normal', 3],
    ['of my own', 3],
    [undefined, 3],
  ])('of the run priority %s is %d', (runPriority, priorityKey) => {
    expect(startPriority({ ...INPUT, runPriority })).toMatchObject({ priorityKey });
  });

  it('shares the limit by connection: what is the same one has the same key, whoever writes it how', () => {
    const key = keyOf({});
    expect(key).toMatch(/^[0-9a-f]{16}$/);
    expect(keyOf({ connectionType: 'connection', runPriority: 'high' })).toBe(key);
    expect(keyOf({ connectionName: 'INVOICES of contoso' })).toBe(key);
    const organizationUri = 'https://contoso.crm4.dynamics.com';
    expect(keyOf({ organizationUri })).toBe(keyOf({ organizationUri: 'https://Contoso.crm4.dynamics.com/' }));
  });

  it('tells connections apart by organization, type and name', () => {
    const keys = [
      keyOf({}),
      keyOf({ connectionName: 'Invoices of Fabrikam' }),
      keyOf({ connectionType: 'connectionReference' }),
      keyOf({ organizationUri: 'https://contoso.crm4.dynamics.com' }),
      keyOf({ organizationUri: 'https://fabrikam.crm4.dynamics.com' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('does not tell the name, however long it is', () => {
    const { fairnessKey = '' } = startPriority({ connectionName: 'ä'.repeat(1000) });
    expect(Buffer.byteLength(fairnessKey)).toBeLessThanOrEqual(64);
  });

  it('is that of a task queue beside the one of the runs', () => {
    expect(startsQueueOf('power-automate')).toBe('power-automate-starts');
  });
});
