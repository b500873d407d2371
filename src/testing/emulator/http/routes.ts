/**
 * HOST, development only: finds the call for a request. The Web API's paths hold parentheses and dots, which routers do
 * not take for granted.
 */
import type { Call, Handler } from '../calls/call';
import { discover } from '../calls/discovery';
import { readFile, readFileProperty } from '../calls/files';
import { cancelRun, countSessions, listFlowLogs, listSessions, readSession } from '../calls/flowsessions';
import {
  listConnectionReferences,
  listMachineGroups,
  listMachines,
  readConnectionReference,
  readMachine,
} from '../calls/machines';
import { issueIdentityToken } from '../calls/managed-identity';
import { issueToken } from '../calls/token';
import { triggerRun } from '../calls/trigger';
import { readUser } from '../calls/users';
import { currentOrganization, privilegesOf, whoAmI } from '../calls/who-am-i';
import { listFlows, readFlow, readSchema } from '../calls/workflows';
import type { Operation } from '../faults/operations';
import { type Answer, noSegment, notEmulated, Refusal } from '../odata/answers';

export interface Match {
  readonly operation: Operation;
  readonly params: readonly string[];
  readonly handler: Handler;
}

interface Route {
  readonly operation: Operation;
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly handler: Handler;
}

const ROOT = '^/api/data/v9\\.\\d/';
const NAMESPACE = 'Microsoft\\.Dynamics\\.CRM\\.';

const api = (operation: Operation, method: Route['method'], path: string, handler: Handler): Route => ({
  operation,
  method,
  path: new RegExp(`${ROOT}${path}$`),
  handler,
});

const ROUTES: readonly Route[] = [
  { operation: 'token', method: 'POST', path: /^\/([^/]+)\/oauth2\/(?:v2\.0\/)?token$/, handler: issueToken },
  {
    operation: 'discovery',
    method: 'GET',
    path: /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/,
    handler: discover,
  },
  { operation: 'token', method: 'GET', path: /^\/msi\/token\/?$/, handler: issueIdentityToken },
  api('trigger', 'POST', `workflows\\(([^()]*)\\)/${NAMESPACE}RunDesktopFlow`, triggerRun),
  api('cancel', 'POST', `flowsessions\\(([^()]*)\\)/${NAMESPACE}CancelDesktopFlowRun`, cancelRun),
  api('status', 'GET', 'flowsessions\\(([^()]*)\\)', readSession),
  api('query', 'GET', 'flowsessions', listSessions),
  api('query', 'GET', 'flowsessions/\\$count', countSessions),
  api('inputs', 'GET', 'flowsessions\\(([^()]*)\\)/(inputs)/\\$value', readFile),
  api('outputs', 'GET', 'flowsessions\\(([^()]*)\\)/(outputs)/\\$value', readFile),
  api('inputs', 'GET', 'flowsessions\\(([^()]*)\\)/(inputs)', readFileProperty),
  api('outputs', 'GET', 'flowsessions\\(([^()]*)\\)/(outputs)', readFileProperty),
  api('actionLog', 'GET', 'flowsessions\\(([^()]*)\\)/(additionalcontext)/\\$value', readFile),
  api('actionLog', 'GET', 'flowsessions\\(([^()]*)\\)/(additionalcontext)', readFileProperty),
  api('flowLogs', 'GET', 'flowsessions\\(([^()]*)\\)/flowsession_flowlog_parentobjectid', listFlowLogs),
  api('machines', 'GET', 'flowmachines', listMachines),
  api('machines', 'GET', 'flowmachines\\(([^()]*)\\)', readMachine),
  api('machineGroups', 'GET', 'flowmachinegroups', listMachineGroups),
  api('connectionReferences', 'GET', 'connectionreferences', listConnectionReferences),
  api('connectionReferences', 'GET', 'connectionreferences\\(([^()]*)\\)', readConnectionReference),
  api('flows', 'GET', 'workflows', listFlows),
  api('flow', 'GET', 'workflows\\(([^()]*)\\)', readFlow),
  api('schema', 'GET', 'workflows\\(([^()]*)\\)/(inputs|outputs)/\\$value', readSchema),
  api('whoAmI', 'GET', 'WhoAmI(?:\\(\\))?', whoAmI),
  api('user', 'GET', 'systemusers\\(([^()]*)\\)', readUser),
  api('organization', 'GET', 'RetrieveCurrentOrganization\\(AccessType=([^()]*)\\)', currentOrganization),
  api(
    'privileges',
    'GET',
    `systemusers\\(([^()]*)\\)/${NAMESPACE}RetrieveUserPrivilegeByPrivilegeName\\(PrivilegeName='([^']*)'\\)`,
    privilegesOf,
  ),
];

/** The tables that the routes know. */
const SETS = [
  'flowsessions',
  'workflows',
  'flowmachines',
  'flowmachinegroups',
  'connectionreferences',
  'systemusers',
];

/** What Dataverse has besides tables: `$batch` carries other requests, the others describe the tables. */
const NOT_EMULATED = ['$batch', '$metadata', 'EntityDefinitions'];

export function match(method: string, path: string): Match {
  const candidates = ROUTES.filter((route) => route.path.test(path));
  const route = candidates.find((candidate) => candidate.method === method);
  if (route === undefined) {
    const handler = candidates.length > 0 ? wrongMethod : unknownSegment;
    return { operation: 'unknown', params: [], handler };
  }
  const params = (route.path.exec(path) ?? []).slice(1);
  return { operation: route.operation, params, handler: route.handler };
}

function wrongMethod(): Answer {
  throw new Refusal(405, '', 'The requested resource does not support this HTTP method.');
}

function unknownSegment({ path }: Call): Answer {
  const [first = path, ...more] = /^\/api\/data\/v9\.\d\/(.*)/.exec(path)?.[1]?.split('/') ?? [];
  const set = first.replace(/\(.*/, '');
  if (NOT_EMULATED.includes(set)) throw notEmulated(set);
  // Below a row that there may be, it is the rest of the path that is not known.
  const segment = more.length > 0 && SETS.includes(set) ? more.join('/') : set;
  throw noSegment(segment);
}
