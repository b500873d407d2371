/** The inputs that callers write, and the messages that anybody in a namespace can send. */
import fc from 'fast-check';
import { backoffMs } from '../../../src/common/backoff';
import { parsePage, parseRunDesktopFlowsInput } from '../../../src/common/batch';
import * as inputs from '../../../src/common/input';
import { describeProblems, type Parsed } from '../../../src/common/schema/parse';
import { toEndedRobot, toSessionIds, toWatchedRobots } from '../../../src/common/watch';
import { intervalMs } from '../../../src/common/watched-robots';
import { type Change, changed, changes, jsonOf, oddValues } from '../mutations';
import { expectSilent, expectUnpolluted, MARK, target } from '../target';

const ID = 'd9687093-d0c0-ec11-983e-0022480b428a';
const AUTHENTICATION = {
  type: 'oauth',
  clientId: '{{secrets.ID}}',
  clientSecret: '{{secrets.SECRET}}',
  tokenEndpoint: '{{secrets.ENDPOINT}}',
};
const TARGET = { organizationUri: 'https://contoso.crm4.dynamics.com', authentication: AUTHENTICATION };
const TRIGGER = {
  ...TARGET,
  flowId: ID,
  connectionName: 'robots',
  connectionType: 'connection',
  runMode: 'unattended',
  runPriority: 'high',
  inputs: { Amount: 1, Name: 'x', List: [{ a: null }] },
  callbackUrl: 'https://robots.contoso.com/callbacks/x',
  timeout: 60,
  onUnknownOutcome: 'fail',
  checkInputs: true,
};
const WAIT = {
  poll: { initialInterval: '5s', maximumInterval: 60_000, backoffCoefficient: 1.5, shared: true },
  queueTimeout: '10 minutes',
  deadline: '1 day',
  onCancel: 'stop',
  scheduleToCloseTimeout: '24h',
  explainFailures: true,
  resultExpression: '{ok: true}',
};
const START = {
  ...TRIGGER,
  ...WAIT,
  onTimeout: 'stop',
  retry: { maximumAttempts: 3, initialInterval: '30s', statuses: ['Faulted'], errorCodes: ['0x80040220'] },
  onReset: 'adopt',
};
const WATCH = { initialInterval: 1000, maximumInterval: 5000, backoffCoefficient: 1.5 };
const ROBOT = { flowSessionId: ID, workflowId: 'w', poll: WATCH };

interface Reader {
  sample: unknown;
  parse(value: unknown): Parsed<unknown>;
}

const READERS: Record<string, Reader> = {
  start: { sample: START, parse: inputs.parseRunDesktopFlowInput },
  adopt: { sample: { ...TARGET, ...WAIT, flowSessionId: ID }, parse: inputs.parseRunDesktopFlowInput },
  part: { sample: START, parse: inputs.parsePartialInput },
  trigger: { sample: { ...TRIGGER, watch: WATCH }, parse: inputs.parseTriggerFlowRunInput },
  find: {
    sample: { ...TRIGGER, activityId: '5', scheduledAt: 1, inDoubtSince: 2 },
    parse: inputs.parseFindFlowRunInput,
  },
  identity: {
    sample: { run: 'a', attempt: 1, execution: 'b', isRepeated: true },
    parse: inputs.parseRobotIdentity,
  },
  session: { sample: { ...TARGET, flowSessionId: ID }, parse: inputs.parseFlowSessionInput },
  status: {
    sample: { ...TARGET, flowSessionId: ID, watch: WATCH },
    parse: inputs.parseGetFlowRunStatusInput,
  },
  outputs: { sample: { ...TARGET, flowSessionId: ID }, parse: inputs.parseGetFlowOutputsInput },
  explain: {
    sample: { ...TARGET, flowSessionId: ID, licenseCheck: { code: 'x', message: 'y' }, secrets: ['A'] },
    parse: inputs.parseExplainFlowRunInput,
  },
  expression: {
    sample: { resultExpression: 'a', run: { outputs: {} } },
    parse: inputs.parseEvaluateResultExpressionInput,
  },
  batch: {
    sample: {
      items: [START, { flowSessionId: ID }],
      defaults: WAIT,
      maximumConcurrent: 5,
      results: { activity: 'a' },
    },
    parse: parseRunDesktopFlowsInput,
  },
  page: { sample: { items: [START], nextCursor: 'x' }, parse: parsePage },
};

/** Where a caller may have written a secret out: its place is refused, and the text is not repeated. */
const WITH_SECRET = [
  { ...TARGET.authentication, clientSecret: MARK },
  { type: 'bearer', token: MARK },
  { type: MARK },
  MARK,
];

const cases = fc.record({
  reader: fc.constantFrom(...Object.keys(READERS)),
  changes,
  secret: fc.option(fc.constantFrom(...WITH_SECRET)),
  asText: fc.boolean(),
  many: fc.constantFrom(...Array(200).fill(0), 30_000),
  anything: fc.option(oddValues, { freq: 20 }),
});

/** As Temporal hands it over: read from JSON. */
function given(sample: unknown, wanted: readonly Change[], asText: boolean): unknown {
  const written = changed(sample, wanted);
  const value: unknown = JSON.parse(jsonOf(written));
  if (asText && typeof value === 'object' && value !== null && 'inputs' in value) {
    return { ...value, inputs: jsonOf((written as { inputs: unknown }).inputs) };
  }
  return value;
}

export const input = target(
  'inputs',
  'refuses by the name of the field, without its value, or takes what can be carried out',
  cases,
  ({ reader, changes: wanted, secret, asText, many, anything }) => {
    const { sample, parse } = READERS[reader] as Reader;
    let value = given(sample, wanted, asText);
    if (secret !== null && isObject(value)) value.authentication = secret;
    if (many > 0 && isObject(value))
      for (let number = 0; number < many; number += 1) value[`conection${number}`] = 1;
    if (anything !== null) value = JSON.parse(jsonOf(anything));

    const parsed = parse(value);
    expectUnpolluted();
    if (!parsed.ok) {
      const said = describeProblems(parsed.problems);
      if (parsed.problems.length === 0 || parsed.problems.length > 102)
        throw new Error('Not the right number of problems');
      if (said.length > 50_000) throw new Error(`${said.length} characters of problems`);
      expectSilent('a problem', said);
    } else {
      const text = JSON.stringify(parsed.value);
      if (reader !== 'batch' && reader !== 'page')
        expectSilent('what was taken', jsonOf(withoutInputs(parsed.value)));
      if (text === undefined) throw new Error('Not JSON');
      expectUsable(parsed.value as Record<string, unknown>);
      expectAllFieldsTaken(value, parsed.value, reader);
    }
    expectMessages(value);
  },
);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutInputs(value: unknown): unknown {
  return isObject(value) ? { ...value, inputs: undefined } : value;
}

/** What is taken is waited for. */
function expectUsable(value: Record<string, unknown>): void {
  const { poll, retry } = value as inputs.ParsedStartInput;
  for (const backoff of [poll, poll?.watch, retry]) {
    if (backoff === undefined || typeof backoff.initialInterval !== 'number') continue;
    for (const wait of [backoffMs(backoff, 0), backoffMs(backoff, 400), intervalMs(backoff, 1e9)]) {
      if (!(wait >= 1 && wait <= 7 * 86_400_000)) throw new Error(`A wait of ${wait} ms`);
    }
  }
}

/** A field that is not known is refused, not left out. */
function expectAllFieldsTaken(given: unknown, taken: unknown, reader: string): void {
  if (!isObject(given) || !isObject(taken) || reader === 'identity') return;
  for (const [name, field] of Object.entries(given)) {
    if (field !== null && !Object.hasOwn(taken, name))
      throw new Error(`The field ${name} was left out without a word`);
  }
}

/** Signals come from anybody, and a handler that throws stops the workflow. */
function expectMessages(value: unknown): void {
  for (const message of [value, [value], isObject(value) ? { ...ROBOT, ...value } : value]) {
    for (const { poll } of toWatchedRobots([message].flat())) {
      if (!(intervalMs(poll, 1e9) > 0)) throw new Error('A robot that is never looked at');
    }
    toSessionIds(message);
    const end = toEndedRobot(isObject(message) ? { flowSessionId: ID, statusCode: 4, ...message } : message);
    if (end !== undefined) JSON.stringify(end);
  }
}
