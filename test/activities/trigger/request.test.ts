/** What goes to Dataverse where an input names secrets of the worker. */
import fc from 'fast-check';
import { requestOf } from '../../../src/activities/trigger/request';
import type { Trigger } from '../../../src/activities/trigger/trigger';
import { environmentSecrets, type SecretProvider } from '../../../src/config/secrets';

const INPUT = { flowId: 'x', connectionName: 'invoices', connectionType: 'connection', runMode: 'attended' };

function request(
  fields: object,
  secrets: Record<string, string> | SecretProvider = {},
): ReturnType<typeof requestOf> {
  const provider =
    typeof secrets.get === 'function'
      ? (secrets as SecretProvider)
      : environmentSecrets(secrets as Record<string, string>, { allow: Object.keys(secrets) });
  return requestOf({ input: { ...INPUT, ...fields }, secrets: provider } as Trigger);
}

const inputsOf = async (inputs: unknown, secrets?: Record<string, string>) =>
  (await request({ inputs }, secrets)).parameters.inputs;

const problemsOf = async (fields: object, secrets?: Record<string, string> | SecretProvider) => {
  const failure = await request(fields, secrets).then(
    () => undefined,
    (error) => error,
  );
  expect(failure).toMatchObject({ type: 'InvalidInput', nonRetryable: true });
  return failure.details[0].problems as { field: string; problem: string }[];
};

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom(
        '"',
        '\\',
        '\\\\',
        '\n',
        '\r',
        '$&',
        "$'",
        '$1',
        '{{',
        '}}',
        '{{secrets.A}}',
        '\u2028',
        '\ud800',
        'é',
        '\\u007b',
        '/',
      ),
    )
    .map((parts) => parts.join('')),
);

describe('the inputs of a request', () => {
  it('hold any secret as exactly one string, as an object and as a text', async () => {
    const values = anyText.filter((value) => value !== '');
    const given = fc.record({ A: values, B: values, before: anyText, after: anyText });
    await fc.assert(
      fc.asyncProperty(given, async ({ A, B, before, after }) => {
        // Nothing that is a reference already, or that becomes one with what stands beside it.
        const [head, tail] = [before, after].map((text) => text.replace(/[{}]/g, '-'));
        const inputs = {
          whole: '{{secrets.A}}',
          inside: `${head}{{secrets.A}}${tail}{{ secrets.B }}`,
          deep: [{ er: ['{{secrets.B}}', 1, null, true, head] }],
          '{{secrets.A}}': tail,
        };
        const expected = {
          whole: A,
          inside: `${head}${A}${tail}${B}`,
          deep: [{ er: [B, 1, null, true, head] }],
          '{{secrets.A}}': tail,
        };
        for (const form of [inputs, JSON.stringify(inputs), JSON.stringify(inputs, null, 2)])
          expect(JSON.parse((await inputsOf(form, { A, B })) ?? '')).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('come out byte for byte where nothing in them is a reference', async () => {
    const text = fc.jsonValue().chain((value) => {
      const written = [JSON.stringify({ value }), JSON.stringify({ value }, null, 3)];
      return fc.constantFrom(...written, `\t${written[0]}\n`);
    });
    await fc.assert(
      fc.asyncProperty(text, async (json) => {
        expect(await inputsOf(json)).toBe(json);
      }),
    );
  });

  it.each([
    '{"a": "{{"}',
    '{"a": "{{secrets.}}"}',
    '{"a": "{{ secret.A }}"}',
    '{"a": "{{secrets.A}"}',
    '{"a": "{{secrets.A B}}"}',
    '{"a": "secrets.A"}',
    '{"a": "{{inputs.A}} {{}} }} {{ "}',
    '{"{{secrets.A}}": "a name"}',
    '{"a": ["{{", {"{{secrets.A}}" : {"{{secrets.A}}": 1.50}}]}',
  ])('stay as they are: %s', async (json) => {
    expect(await inputsOf(json, { A: 'a-secret' })).toBe(json);
    expect(await inputsOf(JSON.parse(json), { A: 'a-secret' })).toBe(JSON.stringify(JSON.parse(json)));
  });

  it('change only where a reference stands', async () => {
    const json =
      '{ "big":12345678901234567890, "a":"\\u0041{{secrets.A}}" ,"b":"\\u0041", "a":"\\u007B{secrets.A}}","n":1.50 }';
    expect(await inputsOf(json, { A: '"$&"' })).toBe(
      '{ "big":12345678901234567890, "a":"A\\"$&\\"" ,"b":"\\u0041", "a":"\\"$&\\"","n":1.50 }',
    );
  });

  it('take a value once: what looks like a reference in it is none', async () => {
    expect(await inputsOf({ a: '{{secrets.A}}' }, { A: '{{secrets.B}}', B: 'b-secret' })).toBe(
      '{"a":"{{secrets.B}}"}',
    );
  });

  it('are refused where they are too large with their secrets in them', async () => {
    const inputs = { a: '{{secrets.A}}'.repeat(3) };
    expect(await problemsOf({ inputs }, { A: 'x'.repeat(700_000) })).toEqual([
      {
        field: 'inputs',
        problem: 'must not be larger than 2000000 bytes of JSON as UTF-8, with its secrets in it',
      },
    ]);
  });
});

describe('a request', () => {
  it('holds the secrets of all its fields, and says which', async () => {
    const fields = {
      connectionName: '{{secrets.CONNECTION}}',
      callbackUrl: 'https://hooks.contoso.com/{{secrets.TOKEN}}',
      inputs: { a: '{{secrets.TOKEN}}' },
    };
    const env = { CONNECTION: 'c-1', TOKEN: 't-1', ANOTHER: 'no' };
    const { parameters, secrets } = await request(fields, env);
    expect(parameters).toMatchObject({
      connectionName: 'c-1',
      callbackUrl: 'https://hooks.contoso.com/t-1',
      inputs: '{"a":"t-1"}',
    });
    expect(secrets.sort()).toEqual(['c-1', 't-1']);
  });

  it('names every field and every secret that is not there, each once', async () => {
    const fields = {
      connectionName: '{{secrets.C}}',
      callbackUrl: 'https://hooks.contoso.com/{{secrets.T}}',
      inputs: JSON.stringify({
        a: '{{secrets.A}}{{secrets.A}}',
        b: [{ c: '{{secrets.A}}{{secrets.THERE}}' }],
      }),
    };
    const provider = { get: async (name: string) => (name === 'THERE' ? 'a-secret' : undefined) };
    expect(await problemsOf(fields, provider)).toEqual([
      { field: 'connectionName', problem: 'the worker has no secret C' },
      { field: 'callbackUrl', problem: 'the worker has no secret T' },
      { field: 'inputs.a', problem: 'the worker has no secret A' },
      { field: 'inputs.b.0.c', problem: 'the worker has no secret A' },
    ]);
  });

  it.each([
    ['connectionName', ' ', { connectionName: '{{secrets.A}}' }],
    ['connectionName', 'x'.repeat(1001), { connectionName: '{{secrets.A}}' }],
    ['callbackUrl', 'http://a-secret.contoso.com', { callbackUrl: '{{secrets.A}}' }],
    ['callbackUrl', 'a-secret@10.0.0.1/', { callbackUrl: 'https://{{secrets.A}}' }],
  ])('is refused where the %s is wrong with its secret in it', async (field, A, fields) => {
    const problems = await problemsOf(fields, { A });
    expect(problems).toMatchObject([{ field, problem: expect.stringContaining('with its secrets in it') }]);
    expect(JSON.stringify(problems)).not.toContain('a-secret');
  });

  it('never holds the own credentials of the worker', async () => {
    const env = { POWER_AUTOMATE_CLIENT_SECRET: 'own-secret', POWER_AUTOMATE_BEARER_TOKEN: 'own-token' };
    const fields = {
      callbackUrl: 'https://hooks.contoso.com/{{secrets.POWER_AUTOMATE_CLIENT_SECRET}}',
      inputs: { a: '{{secrets.POWER_AUTOMATE_BEARER_TOKEN}}' },
    };
    const problems = await problemsOf(fields, env);
    expect(problems.map(({ field }) => field)).toEqual(['callbackUrl', 'inputs.a']);
    expect(JSON.stringify(problems)).not.toContain('own-');
  });

  it.each<[string, object]>([
    ['a name of a million characters', { a: `{{secrets.${'A'.repeat(1_000_000)}}}` }],
    ['a hundred thousand references', { a: '{{secrets.A}} '.repeat(100_000) }],
    ['fields of long names', { ['x'.repeat(1_000_000)]: '{{secrets.A}}' }],
    [
      'thousands of fields',
      Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [at, '{{secrets.A}}'])),
    ],
    ['thousands of secrets', { a: Array.from({ length: 5000 }, (_, at) => `{{secrets.A${at}}}`) }],
  ])('tells of as many problems as fit into a failure: %s', async (_what, inputs) => {
    expect(JSON.stringify(await problemsOf({ inputs })).length).toBeLessThan(20_000);
  });

  it('asks for each secret once', async () => {
    const asked: string[] = [];
    const get = async (name: string) => {
      asked.push(name);
      return 'a-secret';
    };
    await request({ connectionName: '{{secrets.A}}', inputs: { a: '{{secrets.A}}{{secrets.B}}' } }, { get });
    expect(asked.sort()).toEqual(['A', 'B']);
  });

  it('is made at once from a text that is nested deeply and full of references', async () => {
    const deep = 200_000;
    const json = `{"a":${'['.repeat(deep)}${'"{{secrets.A}}",'.repeat(50_000)}1${']'.repeat(deep)}}`;
    // Time of this process alone: others may keep the machine busy.
    const before = process.cpuUsage();
    await request({ inputs: json }, { A: 'a' });
    await problemsOf({ inputs: json });
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(5000);
  });
});
