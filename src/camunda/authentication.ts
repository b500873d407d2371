/**
 * HOST: as whom a task calls Dataverse, as references to secrets. What a process has in clear text is not repeated anywhere:
 * the call refers to the worker's own variable instead, and the report says so.
 */
import { secretName } from '../common/schema/secret-references';
import type { ConnectorTask } from './connector-tasks';
import { type Feel, literalOf } from './feel';
import { withReferences } from './secret-notations';

const WORKERS_OWN = {
  token: 'POWER_AUTOMATE_BEARER_TOKEN',
  clientId: 'POWER_AUTOMATE_CLIENT_ID',
  clientSecret: 'POWER_AUTOMATE_CLIENT_SECRET',
  tokenEndpoint: 'POWER_AUTOMATE_TOKEN_ENDPOINT',
};

/** Undefined where the worker's own credentials take the place of the task's. */
export function authenticationOf(task: ConnectorTask): Feel | undefined {
  const { scope, ledger } = task;
  const type = scope.get('authentication.type')?.value;
  const name = type?.kind === 'literal' ? type.value : undefined;
  if (name === 'bearer') {
    ledger.say('input authentication.type', 'mapped', 'authentication.type');
    return bearer(reference(task, 'authentication.token', 'token'));
  }
  if (name === 'oauth-client-credentials-flow') return oauth(task);
  if (name === undefined || name === 'noAuth') return fromHeader(task);
  ledger.say(
    'input authentication.type',
    'lost',
    `${JSON.stringify(name)} is not supported; the worker's own credentials are used`,
  );
  return undefined;
}

function oauth(task: ConnectorTask): Feel {
  const { ledger } = task;
  ledger.say('input authentication.type', 'mapped', 'authentication.type, as "oauth"');
  ledger.sayIfThere(
    'input authentication.scopes',
    'covered',
    "the worker asks for the organization's .default",
  );
  ledger.sayIfThere(
    'input authentication.clientAuthentication',
    'covered',
    'the worker authenticates as Microsoft documents it',
  );
  const entries: [string, Feel][] = [
    ['type', literalOf('oauth')],
    ['clientId', reference(task, 'authentication.clientId', 'clientId')],
    ['clientSecret', reference(task, 'authentication.clientSecret', 'clientSecret')],
    ['tokenEndpoint', reference(task, 'authentication.oauthTokenEndpoint', 'tokenEndpoint')],
  ];
  return { kind: 'context', entries };
}

function bearer(token: Feel): Feel {
  return {
    kind: 'context',
    entries: [
      ['type', literalOf('bearer')],
      ['token', token],
    ],
  };
}

function reference({ scope, ledger }: ConnectorTask, input: string, field: keyof typeof WORKERS_OWN): Feel {
  const fact = ledger.has(`input ${input}`) ? `input ${input}` : `authentication.${field}`;
  const own = `{{secrets.${WORKERS_OWN[field]}}}`;
  const value = scope.get(input)?.value;
  const rewritten = value && withReferences(value).feel;
  if (rewritten?.kind === 'literal' && secretName(String(rewritten.value).trim()) !== undefined) {
    ledger.say(fact, 'mapped', `authentication.${field}`);
    return literalOf(String(rewritten.value).trim());
  }
  const why = value === undefined ? 'is missing' : 'is no reference to a secret and nothing else';
  ledger.say(
    fact,
    'check',
    `${why}: the call has ${own}; give the worker the value as ${WORKERS_OWN[field]}`,
  );
  return literalOf(own);
}

/** Of a task by hand: `{"Authorization": "Bearer {{secrets.TOKEN}}"}`. */
function fromHeader({ scope, ledger }: ConnectorTask): Feel | undefined {
  ledger.sayIfThere('input authentication.type', 'covered', 'no authentication of the connector');
  const headers = scope.get('headers')?.value;
  const header =
    headers?.kind === 'context'
      ? headers.entries.find(([name]) => name.toLowerCase() === 'authorization')?.[1]
      : undefined;
  if (!header) {
    ledger.say(
      'authentication',
      'check',
      "the task has none that can be read: the worker's own credentials are used",
    );
    return undefined;
  }
  const value = withReferences(header).feel;
  const token = value.kind === 'literal' ? /^Bearer\s+(\S.*)$/i.exec(String(value.value))?.[1] : undefined;
  if (token !== undefined && secretName(token.trim()) !== undefined) {
    ledger.say('input headers', 'mapped', 'its Authorization is authentication.token');
    return bearer(literalOf(token.trim()));
  }
  ledger.say(
    'input headers',
    'check',
    "its Authorization is no reference to a secret: the worker's own credentials are used",
  );
  return undefined;
}

const CARRIED = /^(authorization|content-type|accept|odata-version|odata-maxversion)$/i;

/** Other headers than those of authentication, which the worker sends by itself or not at all. */
export function sayHeaders({ scope, ledger }: ConnectorTask): void {
  if (!ledger.has('input headers')) return;
  const headers = scope.get('headers')?.value;
  if (headers?.kind !== 'context') {
    if (!ledger.isSaid('input headers'))
      ledger.say('input headers', 'lost', 'cannot be read, and are not sent');
    return;
  }
  const others = headers.entries.map(([name]) => name).filter((name) => !CARRIED.test(name));
  if (others.length > 0) ledger.say('input headers', 'lost', `not sent by the worker: ${others.join(', ')}`);
  else if (!ledger.isSaid('input headers'))
    ledger.say('input headers', 'covered', 'the worker sends its own');
}
