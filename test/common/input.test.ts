import fc from 'fast-check';
import {
  type ParsedStartInput,
  parseRunDesktopFlowInput,
  parseTriggerFlowRunInput,
  triggerOf,
} from '../../src/common/input';
import { MAX_INPUTS_BYTES } from '../../src/common/schema/fields';

const valid = {
  flowId: 'D9687093-D0C0-EC11-983E-0022480B428A',
  connectionName: 'invoices',
  runMode: 'unattended',
};

function problems(input: unknown): Record<string, string> {
  const parsed = parseRunDesktopFlowInput(input);
  if (parsed.ok) throw new Error('expected the input to be refused');
  return Object.fromEntries(parsed.problems.map(({ field, problem }) => [field, problem]));
}

function accepted(input: object) {
  const parsed = parseRunDesktopFlowInput({ ...valid, ...input });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value as ParsedStartInput;
}

describe('the input of RunDesktopFlow', () => {
  it('fills in the defaults of the contract and writes ids in lower case', () => {
    expect(accepted({})).toEqual({
      flowId: 'd9687093-d0c0-ec11-983e-0022480b428a',
      connectionName: 'invoices',
      connectionType: 'connection',
      runMode: 'unattended',
      runPriority: 'normal',
      onUnknownOutcome: 'fail',
      onQueueTimeout: 'stop',
      onReset: 'adopt',
      onTimeout: 'stop',
      onDeadline: 'stop',
      onCancel: 'stop',
      explainFailures: false,
      scheduleToCloseTimeout: 86_400_000,
      poll: {
        initialInterval: 5000,
        maximumInterval: 60_000,
        backoffCoefficient: 1.5,
        shared: true,
        fallbackInterval: 3_600_000,
        watch: { initialInterval: 1000, maximumInterval: 5000, backoffCoefficient: 1.5 },
      },
      retry: {
        maximumAttempts: 3,
        initialInterval: 30_000,
        maximumInterval: 600_000,
        backoffCoefficient: 2,
        statuses: ['Faulted', 'TimedOut'],
      },
    });
  });

  it('names every wrong field at once', () => {
    expect(
      Object.keys(
        problems({ flowId: 'x', connectionName: ' ', runMode: 'hybrid', timeout: 0, colour: 'red', poll: 3 }),
      ).sort(),
    ).toEqual(['colour', 'connectionName', 'flowId', 'poll', 'runMode', 'timeout']);
    expect(problems({})).toEqual({
      flowId: 'is required',
      connectionName: 'is required',
      runMode: 'is required',
    });
  });

  it.each([
    ['flowId', { flowId: 'd9687093-d0c0-ec11-983e-0022480b428' }],
    ['flowId', { flowId: 7 }],
    ['connectionName', { connectionName: '' }],
    ['connectionType', { connectionType: 2 }],
    ['runMode', { runMode: 'Attended' }],
    ['runPriority', { runPriority: '' }],
    ['inputs', { inputs: '{"a":' }],
    ['inputs', { inputs: '[1]' }],
    ['inputs', { inputs: 'null' }],
    ['inputs', { inputs: [1] }],
    ['inputs', { inputs: 5 }],
    ['timeout', { timeout: 0 }],
    ['timeout', { timeout: 86_401 }],
    ['timeout', { timeout: 1.5 }],
    ['timeout', { timeout: '60' }],
    ['callbackUrl', { callbackUrl: 'http://hooks.example.com/x' }],
    ['callbackUrl', { callbackUrl: 'https://10.0.0.1/x' }],
    ['callbackUrl', { callbackUrl: 'https://[2001:db8::1]/x' }],
    ['callbackUrl', { callbackUrl: 'https://0x7f.1/x' }],
    ['callbackUrl', { callbackUrl: 'https://localhost/x' }],
    ['callbackUrl', { callbackUrl: 'https://app.localhost/x' }],
    ['callbackUrl', { callbackUrl: 'https://localhost./x' }],
    ['callbackUrl', { callbackUrl: 'https://user:pass@hooks.example.com/x' }],
    ['callbackUrl', { callbackUrl: `https://hooks.example.com/${'x'.repeat(2000)}` }],
    ['callbackUrl', { callbackUrl: 'nonsense' }],
    ['organizationUri', { organizationUri: 'http://contoso.crm4.dynamics.com' }],
    ['organizationUri', { organizationUri: 'https://contoso.crm4.dynamics.com/api' }],
    ['organizationUri', { organizationUri: 'https://contoso.crm4.dynamics.com?x=1' }],
    ['organizationUri', { organizationUri: 'https://me:pw@contoso.crm4.dynamics.com' }],
    ['organizationUri', { organizationUri: 'contoso' }],
    ['organizationUri', { organizationUri: 'https://contoso\u3002crm4.dynamics.com' }],
    ['organizationUri', { organizationUri: 'https://\uff43ontoso.crm4.dynamics.com' }],
    ['organizationUri', { organizationUri: 'https:\\\\contoso.crm4.dynamics.com' }],
    ['organizationUri', { organizationUri: ' https://contoso.crm4.dynamics.com' }],
    ['organizationUri', { organizationUri: 'https://contoso.crm4.dynamics.com/./' }],
    ['organizationUri', { organizationUri: 'http://app.localhost:4010' }],
    ['authentication', { authentication: 'token' }],
    ['authentication.type', { authentication: { type: 'basic' } }],
    ['authentication.token', { authentication: { type: 'bearer' } }],
    ['authentication.token', { authentication: { type: 'bearer', token: '' } }],
    [
      'authentication.clientSecret',
      {
        authentication: {
          type: 'oauth',
          clientId: '{{secrets.ID}}',
          clientSecret: 'literal',
          tokenEndpoint: '{{secrets.URL}}',
        },
      },
    ],
    ['poll.initialInterval', { poll: { initialInterval: 'soon' } }],
    ['poll.initialInterval', { poll: { initialInterval: '-5s' } }],
    ['poll.maximumInterval', { poll: { initialInterval: '10s', maximumInterval: '5s' } }],
    ['poll.backoffCoefficient', { poll: { backoffCoefficient: 0.5 } }],
    ['poll.shared', { poll: { shared: 'always' } }],
    ['poll.fallbackInterval', { poll: { fallbackInterval: '2 days' } }],
    ['poll.often', { poll: { often: true } }],
    ['retry.maximumAttempts', { retry: { maximumAttempts: 0 } }],
    ['retry.statuses.0', { retry: { statuses: ['Succeeded'] } }],
    ['retry.statuses', { retry: { statuses: 'Faulted' } }],
    ['resultExpression', { resultExpression: ' ' }],
    ['resultExpression', { resultExpression: { a: 1 } }],
  ])('refuses a wrong %s: %j', (field, input) => {
    expect(Object.keys(problems({ ...valid, ...input }))).toEqual([field]);
  });

  it.each([undefined, null, 'text', 5, []])('refuses an argument that is no object: %j', (input) => {
    expect(problems(input)).toEqual({ input: 'must be one JSON object' });
  });

  it('never repeats a value, so that a literal secret does not travel further', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{12}$/), (secret) => {
        const input = {
          ...valid,
          flowId: secret,
          connectionType: secret,
          inputs: `{"password": ${secret}`,
          callbackUrl: `https://user:${secret}@hooks.example.com`,
          organizationUri: `https://user:${secret}@contoso.crm4.dynamics.com`,
          authentication: { type: 'bearer', token: secret },
        };
        expect(JSON.stringify(problems(input))).not.toContain(secret);
      }),
    );
  });

  it('takes inputs up to 2 MB of UTF-8, not one byte more', () => {
    const overhead = JSON.stringify({ a: '' }).length;
    const text = (bytes: number) => JSON.stringify({ a: 'é'.repeat((bytes - overhead) / 2) });
    expect(accepted({ inputs: text(MAX_INPUTS_BYTES) }).inputs).toHaveLength(1_000_004);
    expect(problems({ ...valid, inputs: `${text(MAX_INPUTS_BYTES)} ` })).toHaveProperty('inputs');
    expect(problems({ ...valid, inputs: { a: 'x'.repeat(MAX_INPUTS_BYTES) } })).toHaveProperty('inputs');
  });

  it.each([
    [{ flowID: 'x' }, 'flowID', 'flowId'],
    [{ connection: 'x' }, 'connection', 'connectionName'],
    [{ runmode: 'attended' }, 'runmode', 'runMode'],
    [{ poll: { initialIntervall: '5s' } }, 'poll.initialIntervall', 'initialInterval'],
    [{ retry: { maxAttempts: 3 } }, 'retry.maxAttempts', 'maximumAttempts'],
    [{ authentication: { type: 'oauth', clientID: 'x' } }, 'authentication.clientID', 'clientId'],
  ])('says of the unknown field in %j which one may be meant', (fields, field, meant) => {
    const { [field]: problem } = problems({ ...valid, ...fields });
    expect(problem).toBe(`is not a field of this input; did you mean ${meant}?`);
  });

  it('says nothing of the kind where no field is near', () => {
    expect(problems({ ...valid, colour: 'red' })).toEqual({ colour: 'is not a field of this input' });
  });

  it.each(['inputs', 'poll', 'colour'])(
    'refuses a %s that is nested too deeply for anybody to write',
    (field) => {
      const deep = JSON.parse(`${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`);
      expect(problems({ ...valid, [field]: deep })).toEqual({
        [field]: 'must not be nested deeper than 100 levels',
      });
    },
  );

  it.each([
    ['statuses', { retry: { statuses: Array(400_000).fill('x') } }],
    ['unknown fields', Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`f${index}`, 1]))],
    ['a long name', { ['x'.repeat(1_000_000)]: 1 }],
    ['bytes', new Uint8Array(100_000)],
  ])('tells of so many problems only as fits into a failure: %s', (_what, wrong) => {
    const parsed = parseRunDesktopFlowInput(ArrayBuffer.isView(wrong) ? wrong : { ...valid, ...wrong });
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed).length).toBeLessThan(20_000);
  });

  it('refuses as many unknown fields as fit into an input without holding the workflow up', () => {
    const many = Object.fromEntries(Array.from({ length: 30_000 }, (_, number) => [`conection${number}`, 1]));
    const { user } = process.cpuUsage();
    expect(Object.keys(problems({ ...valid, ...many }))).toHaveLength(51);
    // Temporal gives a workflow up that computes for longer than a second or two.
    expect((process.cpuUsage().user - user) / 1000).toBeLessThan(1_000);
  });

  it('keeps inputs in the form in which they came', () => {
    const odd = JSON.parse('{ "__proto__": { "a": 1 } }');
    expect(JSON.stringify(accepted({ inputs: odd }).inputs)).toBe('{"__proto__":{"a":1}}');
    const text = '{ "amount": 12345678901234567890 }';
    expect(accepted({ inputs: text }).inputs).toBe(text);
    expect(accepted({ inputs: { nothing: null } }).inputs).toEqual({ nothing: null });
  });

  it('takes null for a field that was left out, as other languages write it', () => {
    expect(accepted({ timeout: null, poll: { maximumInterval: null }, authentication: null })).toEqual(
      accepted({}),
    );
  });

  it('lets the default of one interval give way to the other that was written', () => {
    expect(accepted({ poll: { initialInterval: '5 minutes' } }).poll).toMatchObject({
      initialInterval: 300_000,
      maximumInterval: 300_000,
    });
    expect(accepted({ poll: { maximumInterval: 1000 } }).poll).toMatchObject({
      initialInterval: 1000,
      maximumInterval: 1000,
    });
  });

  it('takes what a real organization would use', () => {
    accepted({
      organizationUri: 'https://Contoso.crm4.dynamics.com:443/',
      authentication: { type: 'bearer', token: '{{secrets.POWER_AUTOMATE_BEARER_TOKEN}}' },
      callbackUrl: 'https://hooks.contoso.com/flows?id=1',
      connectionType: 'connectionReference',
      runPriority: 'high',
      timeout: 86_400,
    });
  });
});

describe('the part of an input that starts a robot', () => {
  it('holds nothing that the trigger would refuse, whatever options come to an input', () => {
    const whole = accepted({
      poll: {},
      retry: {},
      deadline: '1h',
      queueTimeout: '1h',
      timeout: 60,
      inputs: { Invoice: 1 },
      callbackUrl: 'https://robots.contoso.com/x',
    });
    const tomorrows = { ...whole, onTomorrow: 'stop' };
    expect(parseTriggerFlowRunInput(triggerOf(tomorrows))).toMatchObject({
      ok: true,
      value: { flowId: whole.flowId, inputs: { Invoice: 1 }, timeout: 60, callbackUrl: whole.callbackUrl },
    });
  });
});
