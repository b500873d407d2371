import { type Harness, startHarness } from '../helpers/harness';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});

afterAll(() => harness.close());

const OAUTH = {
  type: 'oauth',
  clientId: '{{secrets.A}}',
  clientSecret: '{{secrets.B}}',
  tokenEndpoint: '{{secrets.C}}',
};

describe('a wrong input', () => {
  it.each([
    ['flowId', { flowId: 'invoice' }],
    ['connectionName', { connectionName: undefined }],
    ['priority', { priority: 'high' }],
    ['runMode', { runMode: 'sometimes' }],
    ['inputs', { inputs: '{"a"' }],
    ['inputs', { inputs: '[]' }],
    ['inputs', { inputs: `{"a":"${'x'.repeat(2_000_001 - 8)}"}` }],
    ['timeout', { timeout: 90_000 }],
    ['callbackUrl', { callbackUrl: 'http://hooks.contoso.com' }],
    ['callbackUrl', { callbackUrl: 'https://192.168.0.1/hook' }],
    ['callbackUrl', { callbackUrl: 'https://localhost/hook' }],
    ['organizationUri', { organizationUri: 'https://example.com' }],
    ['organizationUri', { organizationUri: 'http://contoso.crm4.dynamics.com' }],
    ['organizationUri', { organizationUri: 'http://127.0.0.1:1' }],
    ['organizationUri', { organizationUri: 'https://contoso.crm4.dynamics.com.example.com' }],
    ['organizationUri', { organizationUri: 'https://evilcrm4.dynamics.com' }],
    ['organizationUri', { organizationUri: 'https://contoso.crm4.dynamics.com@example.com' }],
    ['authentication.token', { authentication: { type: 'bearer', token: 'ey-literal-secret' } }],
    ['authentication.token', { authentication: { type: 'bearer', token: '{{secrets.NOT_THERE}}' } }],
    ['authentication.clientSecret', { authentication: OAUTH }],
    ['authentication.token', { authentication: { type: 'bearer', token: '{{secrets.constructor}}' } }],
  ])('is refused by name, and nothing is sent: %s', async (field, wrong) => {
    const { failure, details } = await harness.fail({ ...harness.flow(), ...wrong });
    expect(failure).toMatchObject({ type: 'InvalidInput', nonRetryable: true });
    expect(failure.message).toContain(field);
    expect(details.problems?.map((problem) => problem.field)).toContain(field);
    expect(JSON.stringify([failure.message, details])).not.toContain('literal-secret');
    expect(harness.emulator.seen.requests).toHaveLength(0);
  });
});
