/** HOST: what a task that starts a robot sends, as the fields of an input of `RunDesktopFlow`. */
import { authenticationOf, sayHeaders } from './authentication';
import type { ConnectorTask } from './connector-tasks';
import { type Feel, literalOf, NULL } from './feel';
import { isNull, isText, printed, resolveWithOrigins, type Scope, type ScopeValue } from './feel-values';
import { losesNumbers, objectOf } from './json-texts';
import { namesSecret, withReferences } from './secret-notations';

/** The fields of an input in the order of the documentation. */
export type Fields = Map<string, Feel>;

/** What the template calls them in the body, and as inputs of the task. */
const BODY_FIELDS: Record<string, string> = {
  connectionName: 'connectionName',
  connectionType: 'connectionType',
  runMode: 'runMode',
  runPriority: 'runPriority',
  inputs: 'runInputs',
  callbackUrl: 'callbackUrl',
  timeout: 'runTimeout',
};

/** Fields in which a worker resolves references to secrets. */
const WITH_SECRETS = new Set([
  'organizationUri',
  'authentication',
  'connectionName',
  'inputs',
  'callbackUrl',
]);

export function targetFields(task: ConnectorTask): Fields {
  const authentication = authenticationOf(task);
  sayHeaders(task);
  const { organizationUri, ledger } = task;
  if (!organizationUri) {
    ledger.say('organizationUri', 'check', "the task has none: the worker's own organization is used");
  }
  return new Map([
    ...(organizationUri ? ([['organizationUri', organizationUri.value]] as const) : []),
    ...(authentication ? ([['authentication', authentication]] as const) : []),
  ]);
}

export function triggerFields(task: ConnectorTask): Fields {
  const fields = targetFields(task);
  if (task.id) fields.set('flowId', task.id.value);
  for (const name of task.id?.from ?? []) task.ledger.sayIfThere(`input ${name}`, 'mapped', 'flowId');
  for (const [name, { value, from }] of bodyOf(task)) {
    for (const one of from) task.ledger.sayIfThere(`input ${one}`, 'mapped', name);
    const field = fieldOf(name, value, task);
    if (field !== undefined) fields.set(name, field);
  }
  task.ledger.sayIfThere('input body', 'mapped', 'its fields are those of the call');
  return fields;
}

/** From the body of the request; from the inputs of the task where there is no body that can be read. */
function bodyOf(task: ConnectorTask): Map<string, ScopeValue> {
  const entries = entriesOfBody(task);
  if (entries === undefined) {
    task.ledger.sayIfThere('input body', 'check', 'cannot be read: the inputs of the task are used instead');
    const inputs = Object.entries(BODY_FIELDS).map(
      ([field, input]) => [field, task.scope.get(input)] as const,
    );
    return new Map(inputs.filter((entry): entry is [string, ScopeValue] => entry[1] !== undefined));
  }
  const body = new Map<string, ScopeValue>();
  for (const [name, feel] of entries) {
    const field = Object.keys(BODY_FIELDS).find((one) => one.toLowerCase() === name.toLowerCase());
    if (field) body.set(field, resolveWithOrigins(feel, withoutMissing(task)));
    else task.ledger.say(`body.${name}`, 'lost', 'is no field of RunDesktopFlow, and is not sent');
  }
  return body;
}

/** The template's body names inputs that a task may leave out: they are null then. */
function withoutMissing({ scope }: ConnectorTask): Scope {
  const missing = Object.values(BODY_FIELDS).filter((name) => !scope.has(name));
  return new Map([
    ...scope,
    ...missing.map((name): [string, ScopeValue] => [name, { value: NULL, from: new Set() }]),
  ]);
}

function entriesOfBody({ inputs, scope }: ConnectorTask): [string, Feel][] | undefined {
  const written = inputs.get('body');
  if (written === undefined) return undefined;
  if (written.kind === 'context') return written.entries;
  const value = scope.get('body')?.value;
  const object = value && objectOf(value);
  return object?.kind === 'context' ? object.entries : undefined;
}

/** Undefined for what says nothing. */
function fieldOf(name: string, value: Feel, task: ConnectorTask): Feel | undefined {
  if (isNull(value) || (value.kind === 'literal' && value.value === '')) return undefined;
  switch (name) {
    case 'connectionType':
      return connectionTypeOf(value);
    case 'timeout':
      return timeoutOf(value);
    case 'inputs':
      return inputsOf(value, task);
    case 'runMode':
      return value.kind === 'literal' ? literalOf(String(value.value).toLowerCase()) : value;
    default:
      return value;
  }
}

const REFERENCE = literalOf('connectionReference');
const CONNECTION = literalOf('connection');

/** The connector writes 1 and 2. */
function connectionTypeOf(value: Feel): Feel {
  if (value.kind === 'literal') {
    const written = String(value.value);
    if (written === '1') return CONNECTION;
    return written === '2' ? REFERENCE : value;
  }
  const text: Feel = isText(value) ? value : { kind: 'call', name: 'string', args: [value] };
  const condition: Feel = { kind: 'compare', operator: '=', left: text, right: literalOf('2') };
  return { kind: 'if', condition, yes: REFERENCE, no: CONNECTION };
}

function timeoutOf(value: Feel): Feel {
  if (value.kind === 'literal') {
    const seconds = Number(value.value);
    return Number.isInteger(seconds) ? literalOf(seconds) : value;
  }
  return { kind: 'call', name: 'number', args: [value] };
}

function inputsOf(value: Feel, { ledger }: ConnectorTask): Feel {
  if (value.kind === 'literal' && typeof value.value === 'string' && losesNumbers(value.value)) return value;
  const object = objectOf(value);
  if (object === undefined) {
    if (value.kind === 'literal') ledger.say('inputs', 'check', 'must be a JSON object, or the text of one');
    return value;
  }
  return object;
}

/** Secrets as references of ours; expressions where a secret stands in a field that takes no reference. */
export function withSecrets(fields: Fields, { ledger }: ConnectorTask): Fields {
  const written = [...fields].map(([name, value]): [string, Feel] => {
    if (!WITH_SECRETS.has(name)) {
      if (!namesSecret(value)) return [name, value];
      ledger.say(
        name,
        'check',
        'was a secret, which this field does not take: the caller has to give the value',
      );
      return [name, { kind: 'other', source: printed(value), names: [] }];
    }
    const { feel, bare, unknown } = withReferences(value);
    for (const one of bare) {
      ledger.say(
        name,
        'check',
        `secrets.${one}, a notation of older connectors, is {{secrets.${one}}} in the call`,
      );
    }
    for (const one of unknown) {
      ledger.say(name, 'check', `a secret's name may have letters, digits, _, . and -: rename ${one}`);
    }
    if (name === 'inputs') sayClearSecrets(feel, ledger);
    return [name, feel];
  });
  return new Map(written);
}

const SECRET_NAME = /passw|secret|pwd|token|credential|api.?key/i;

function sayClearSecrets(inputs: Feel, ledger: ConnectorTask['ledger']): void {
  if (inputs.kind !== 'context') return;
  const clear = inputs.entries.filter(
    ([name, { kind, ...value }]) =>
      SECRET_NAME.test(name) && kind === 'literal' && !/\{\{\s*secrets\./.test(JSON.stringify(value)),
  );
  for (const [name] of clear) {
    ledger.say(`inputs.${name}`, 'check', 'looks like a secret in clear text: make it a {{secrets.NAME}}');
  }
}
