/** Whatever a task says is in the call, or in the report. */
import fc from 'fast-check';
import { importBpmn } from '../../src/camunda/import-bpmn';
import { writeJson } from '../../src/camunda/json';
import { bodyOf, escaped, fileXml, TRIGGER_INPUTS, taskXml, triggerXml } from './xml';

/** Of names that no connector knows. */
const name = fc.stringMatching(/^x_[b-k]{1,8}$/);
const value = fc.stringMatching(/^[ -~]{1,40}$/).filter((text) => text.trim() === text);
const pairs = fc.uniqueArray(fc.tuple(name, value), { maxLength: 4, selector: ([one]) => one });

const parts = fc.record({
  attributes: pairs.map((all) => all.map(([one, text]) => [`acme:${one}`, text] as const)),
  inputs: pairs,
  outputs: pairs,
  headers: pairs,
  properties: pairs,
  listeners: pairs,
  foreign: pairs,
  documentation: fc.option(value, { nil: undefined }),
  retries: fc.option(value, { nil: undefined }),
});

const known = fc.record({
  connectionName: value,
  runPriority: value,
  runMode: fc.constantFrom('attended', 'unattended'),
  Invoice: value,
});

type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never;

function xmlOf(
  { listeners, foreign, documentation, retries, ...plain }: Parts,
  fields: Record<string, string>,
) {
  const inner =
    documentation === undefined ? '' : `<bpmn:documentation>${escaped(documentation)}</bpmn:documentation>`;
  const extensions = [
    ...listeners.map(
      ([one, text]) =>
        `<zeebe:executionListeners><zeebe:executionListener eventType="${one}" type="${escaped(text)}"/></zeebe:executionListeners>`,
    ),
    ...foreign.map(
      ([one, text]) =>
        `<acme:thing acme:a="${escaped(text)}"><acme:${one}>${escaped(text)}</acme:${one}></acme:thing>`,
    ),
  ].join('');
  const { Invoice = '', ...rest } = fields;
  const quoted = Object.entries(rest).map(([one, text]) => [one, JSON.stringify(text)]);
  const body = bodyOf({ ...Object.fromEntries(quoted), inputs: JSON.stringify(JSON.stringify({ Invoice })) });
  return fileXml(
    triggerXml(body, { ...plain, extensions, inner, ...(retries === undefined ? {} : { retries }) }),
  );
}

describe('nothing of a task is lost', () => {
  it('whatever attributes, inputs, headers and extensions it has', async () => {
    await fc.assert(
      fc.asyncProperty(parts, known, async (one, fields) => {
        const imported = await importBpmn(xmlOf(one, fields));
        const lines = imported.report.filter(({ element }) => element === 'Task');
        const saysOf = (what: RegExp | string, text: string) =>
          lines.some(
            (line) =>
              (typeof what === 'string' ? line.what === what : what.test(line.what)) &&
              line.text.includes(JSON.stringify(text)),
          );
        for (const [key, text] of one.attributes)
          expect({ key, said: saysOf(key, text) }).toEqual({ key, said: true });
        for (const [key, text] of one.inputs)
          expect({ key, said: saysOf(`input ${key}`, text) }).toEqual({ key, said: true });
        for (const [key, text] of one.headers)
          expect({ key, said: saysOf(`header ${key}`, text) }).toEqual({ key, said: true });
        for (const [key, text] of one.properties)
          expect({ key, said: saysOf(`property ${key}`, text) }).toEqual({ key, said: true });
        for (const [key, text] of one.listeners) {
          expect({ key, said: saysOf(/^execution listeners execution listener eventType/, key) }).toEqual({
            key,
            said: true,
          });
          expect({ key, said: saysOf(/^execution listeners execution listener type/, text) }).toEqual({
            key,
            said: true,
          });
        }
        for (const [key, text] of one.foreign) {
          expect({ key, said: saysOf(/^acme:thing (acme:)?a/, text) }).toEqual({ key, said: true });
          expect({ key, said: saysOf(new RegExp(`^acme:thing acme:${key} text`), text) }).toEqual({
            key,
            said: true,
          });
        }
        if (one.documentation) expect(saysOf('documentation text', one.documentation)).toBe(true);
        const told = lines.map(({ what }) => what);
        expect(told).toEqual(expect.arrayContaining(one.outputs.map(([key]) => `output ${key}`)));
        expect(told).toEqual(
          expect.arrayContaining([
            'id',
            'name',
            'task definition type',
            'input url',
            'input method',
            'input body',
          ]),
        );
        if (one.retries !== undefined) expect(told).toContain('task definition retries');

        const [call] = JSON.parse(writeJson(imported)).calls;
        const { Invoice, ...rest } = fields;
        expect(call.input).toMatchObject({ ...rest, inputs: { Invoice } });
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    [
      'two inputs of one target',
      {
        inputs: [
          ['x_a', 'first'],
          ['x_a', 'second'],
        ] as const,
      },
      ['input x_a [1]', 'input x_a'],
    ],
    [
      'two headers of one key',
      {
        headers: [
          ['x_a', 'first'],
          ['x_a', 'second'],
        ] as const,
      },
      ['header x_a [1]', 'header x_a'],
    ],
  ])('not of %s', async (_what, more, told) => {
    const { report } = await importBpmn(fileXml(triggerXml(bodyOf({}), more)));
    const said = report.filter(({ what }) => told.includes(what)).map(({ what, text }) => `${what}: ${text}`);
    expect(said).toEqual([`${told[0]}: not imported: "first"`, `${told[1]}: not imported: "second"`]);
  });

  it('names the fields of a body that RunDesktopFlow does not have, and headers that are not sent', async () => {
    const headers = ['headers', '={"Content-Type": "application/json", "X-Trace": "1"}'] as const;
    const { report } = await importBpmn(
      fileXml(triggerXml(bodyOf({ note: '"hello"' }), { inputs: [headers] })),
    );
    const lost = report.filter(({ fate, element }) => fate === 'lost' && element === 'Task');
    expect(lost.map(({ what, text }) => `${what}: ${text}`)).toEqual([
      'input headers: not sent by the worker: X-Trace',
      'body.note: is no field of RunDesktopFlow, and is not sent',
    ]);
  });

  it('names what the reader of BPMN does not understand', async () => {
    const { report } = await importBpmn(fileXml(`<bpmn:nonsense/>${triggerXml(bodyOf({}))}`));
    expect(report).toContainEqual(expect.objectContaining({ element: 'the file', fate: 'lost' }));
  });

  it('names each element of a process that is not part of a call', async () => {
    const { report } = await importBpmn(
      fileXml(`<bpmn:startEvent id="S"/><bpmn:userTask id="U" name="Ask"/>${triggerXml(bodyOf({}))}`),
    );
    expect(report).toContainEqual(
      expect.objectContaining({ element: 'Process', text: 'not imported: S, U (Ask)' }),
    );
  });
});

describe('what authenticates', () => {
  const CLEAR = 'hunter2-in-clear-text';

  it.each([
    [
      'a bearer token',
      [
        ['authentication.type', 'bearer'],
        ['authentication.token', CLEAR],
      ],
    ],
    [
      'a bearer token in FEEL',
      [
        ['authentication.type', 'bearer'],
        ['authentication.token', `="${CLEAR}"`],
      ],
    ],
    [
      'a client secret',
      [
        ['authentication.type', 'oauth-client-credentials-flow'],
        ['authentication.clientSecret', CLEAR],
      ],
    ],
    [
      'a password of basic authentication',
      [
        ['authentication.type', 'basic'],
        ['authentication.password', CLEAR],
      ],
    ],
    ['an authorization header', [['headers', `={"Authorization": "Bearer ${CLEAR}"}`]]],
    ['a key in a header', [['headers', `={"x-functions-key": "${CLEAR}"}`]]],
    ['a header of the task', [['x_token', CLEAR]]],
  ])('is not repeated anywhere, but told: %s', async (_what, inputs) => {
    const all = [...TRIGGER_INPUTS, ...(inputs as [string, string][]), ['body', bodyOf({})] as const];
    const imported = await importBpmn(fileXml(taskXml({ inputs: all })));
    expect(writeJson(imported)).not.toContain(CLEAR);
    const told = imported.report.filter(({ fate }) => fate === 'check' || fate === 'lost');
    const names = inputs.map(([one]) => `input ${one}`);
    expect(told.some(({ what }) => names.includes(what))).toBe(true);
  });
});
