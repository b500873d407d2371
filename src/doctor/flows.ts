/** HOST: whether the flow, the connection and the connection reference that are asked about are there. */
import { isGuid } from '../common/schema/guid';
import { nearestName } from '../common/schema/nearest-name';
import { DataverseError } from '../dataverse';
import { DESKTOP_FLOWS } from '../dataverse/dataverse-client';
import { jsonObject } from '../dataverse/http/answers';
import { literal } from '../dataverse/odata';
import { type Check, type Finding, found, passed, type Result, untold } from './check';
import { PAGES } from './portals';
import { isForbidden, refusalOf } from './refusals';
import type { Setup } from './setup';

const GROUP = 'Flow and connection';

export const FLOW_CHECKS: readonly Check[] = [
  {
    id: 'flow',
    group: GROUP,
    title: 'The flow is there, published and not suspended',
    needs: ['flows'],
    applies: ({ options }) => options.flow !== undefined,
    run: checkFlow,
  },
  {
    id: 'connection',
    group: GROUP,
    title: 'The name of the connection can be one',
    needs: ['application-user'],
    applies: ({ options }) => options.connection !== undefined,
    run: checkConnection,
  },
  {
    id: 'reference',
    group: GROUP,
    title: 'The connection reference leads to a connection for desktop flows',
    needs: ['application-user'],
    applies: ({ options }) => options.reference !== undefined,
    run: checkReference,
  },
];

/** Draft flows are told from unknown ones by this header alone (Microsoft: desktop-flow-public-apis). */
const WITH_DRAFTS = { 'MSCRM.IncludeUnpublished': 'true' };
const FLOW_COLUMNS = '$select=name,workflowid,category,statecode';
const DESKTOP_FLOW = 6;
const SUSPENDED = 2;

type Row = Record<string, unknown>;

async function checkFlow(setup: Setup): Promise<Result> {
  const { flow = '' } = setup.options;
  try {
    const published = await findFlow(setup, flow);
    if (published.length > 1) return found(ambiguous(flow, published));
    const [row = (await findFlow(setup, flow, WITH_DRAFTS))[0]] = published;
    if (row === undefined) return found(await unknownFlow(setup, flow));
    const { name, workflowid, category, statecode } = row;
    if (category !== undefined && category !== DESKTOP_FLOW) return found(noDesktopFlow(flow));
    if (statecode === SUSPENDED) return found(suspended(flow));
    return published.length === 0 ? found(draft(flow)) : passed(`${name}, ${workflowid}`);
  } catch (error) {
    return found(refusalOf(error, `the flow ${flow}`));
  }
}

async function findFlow(setup: Setup, flow: string, headers: Record<string, string> = {}): Promise<Row[]> {
  if (!isGuid(flow)) {
    const filter = encodeURIComponent(`category eq ${DESKTOP_FLOW} and name eq ${literal(flow)}`);
    return setup.rows(`workflows?$filter=${filter}&${FLOW_COLUMNS}`, headers);
  }
  try {
    return [jsonObject(await setup.ask(`workflows(${flow.toLowerCase()})?${FLOW_COLUMNS}`, headers))];
  } catch (error) {
    if (error instanceof DataverseError && error.kind === 'notFound') return [];
    throw error;
  }
}

async function unknownFlow(setup: Setup, flow: string): Promise<Finding> {
  const names = (await setup.rows(DESKTOP_FLOWS)).map(({ name }) => String(name));
  const nearest = isGuid(flow) ? undefined : nearestName(flow, names);
  return {
    code: 'flow-unknown',
    what: `The application user sees no desktop flow ${flow}${nearest ? `; did you mean '${nearest}'?` : ''}`,
    why: 'It does not exist in this environment, or is not shared with the application user',
    whatToDo:
      'Take the id from the address of its page (uiflows/ID/details), and share the flow with the application user',
    where: PAGES.desktopFlows,
  };
}

function ambiguous(flow: string, rows: readonly Row[]): Finding {
  return {
    code: 'flow-ambiguous',
    what: `Several desktop flows are called '${flow}'`,
    why: rows.map(({ workflowid }) => workflowid).join(', '),
    whatToDo: 'Use the id of one of them',
    where: PAGES.desktopFlows,
  };
}

function noDesktopFlow(flow: string): Finding {
  return {
    code: 'flow-no-desktop-flow',
    what: `${flow} is no desktop flow, but a cloud flow or another process`,
    why: 'RunDesktopFlow runs desktop flows alone',
    whatToDo:
      'Take the id of the desktop flow that it runs, from the address of its page (uiflows/ID/details)',
    where: PAGES.desktopFlows,
  };
}

function draft(flow: string): Finding {
  return {
    code: 'flow-draft',
    what: `The desktop flow ${flow} is a draft`,
    why: 'For a run it does not exist until it is published',
    whatToDo: 'Publish it: in its solution, or by saving it in Power Automate for desktop',
    where: PAGES.desktopFlows,
  };
}

function suspended(flow: string): Finding {
  return {
    code: 'flow-suspended',
    what: `The desktop flow ${flow} is suspended`,
    why: 'A data policy of the environment forbids an action in it',
    whatToDo: 'Have the action taken out, or the policy changed, and turn the flow on again',
    where: PAGES.dataPolicies,
  };
}

/** Length of the column `flowsession.connectionid`. */
const LONGEST_NAME = 100;

async function checkConnection(setup: Setup): Promise<Result> {
  const { connection = '' } = setup.options;
  const implausible = implausibleName(connection);
  if (implausible) return found(implausible);
  const filter = encodeURIComponent(`connectionreferencelogicalname eq ${literal(connection)}`);
  const references = await orNone(setup, `connectionreferences?$select=connectionid&$filter=${filter}`);
  if (references.length > 0) return found(isReference(connection));
  const used = encodeURIComponent(`connectionid eq ${literal(connection)}`);
  const [run] = await orNone(setup, `flowsessions?$select=flowsessionid&$filter=${used}&$top=1`);
  if (run) return passed('robots were started over it before');
  const [reference] = await orNone(setup, `connectionreferences?$select=connectionid&$filter=${used}&$top=1`);
  if (reference) return passed('a connection reference leads to it');
  return untold('Dataverse has no list of connections: the first run will tell');
}

function implausibleName(connection: string): Finding | undefined {
  const what = /^\w+:\/\/|[?&]connectionName=/i.test(connection)
    ? 'is the address of a page'
    : /\s/.test(connection)
      ? 'has blanks, as names for people have'
      : connection.length > LONGEST_NAME
        ? `is longer than ${LONGEST_NAME} characters`
        : undefined;
  if (what === undefined) return undefined;
  return {
    code: 'connection-name-implausible',
    what: `The name of the connection ${what}`,
    why: 'Dataverse finds no connection by it',
    whatToDo: 'Open the connection, and take what follows connectionName= in the address of its page',
    where: PAGES.connections,
  };
}

function isReference(connection: string): Finding {
  return {
    code: 'connection-is-reference',
    what: `${connection} is the name of a connection reference, and not of a connection`,
    why: 'Without connectionType, Dataverse looks for a connection of this name',
    whatToDo: "Say connectionType: 'connectionReference' in the input of the run",
    where: 'the input of the run',
  };
}

/** A table that may not be read tells nothing; that is said elsewhere. */
async function orNone(setup: Setup, path: string): Promise<Row[]> {
  return setup.rows(path).catch((error: unknown) => {
    if (isForbidden(error)) return [];
    throw error;
  });
}

const CONNECTOR = /\/shared_uiflow$/;
const LOGICAL_NAME = 'connectionreferencelogicalname';
const REFERENCES = `connectionreferences?$select=${LOGICAL_NAME},connectionid,connectorid`;

async function checkReference(setup: Setup): Promise<Result> {
  const { reference = '' } = setup.options;
  try {
    const filter = encodeURIComponent(`${LOGICAL_NAME} eq ${literal(reference)}`);
    const [row] = await setup.rows(`${REFERENCES}&$filter=${filter}`);
    if (row === undefined) return found(await unknownReference(setup, reference));
    if (!row.connectionid) return found(unboundReference(reference));
    const connector = String(row.connectorid);
    if (!CONNECTOR.test(connector)) return found(foreignReference(reference, connector));
    return passed(`${reference}, connection ${row.connectionid}`);
  } catch (error) {
    if (isForbidden(error)) return untold('the user may not read connection references');
    return found(refusalOf(error, 'the connection references'));
  }
}

async function unknownReference(setup: Setup, reference: string): Promise<Finding> {
  const names = (await setup.rows(REFERENCES)).map((row) => String(row[LOGICAL_NAME]));
  const nearest = nearestName(reference, names);
  return {
    code: 'reference-unknown',
    what: `There is no connection reference ${reference}${nearest ? `; did you mean '${nearest}'?` : ''}`,
    why: 'The application user sees none of this logical name',
    whatToDo:
      'Take its logical name, not its display name, and give the role of the application user read access to Connection Reference',
    where: PAGES.solutions,
  };
}

function unboundReference(reference: string): Finding {
  return {
    code: 'reference-unbound',
    what: `No connection stands behind the connection reference ${reference}`,
    why: 'So it is after a solution was imported, until somebody chooses a connection',
    whatToDo: 'Edit the connection reference, and choose a connection that the application user may use',
    where: PAGES.solutions,
  };
}

function foreignReference(reference: string, connector: string): Finding {
  return {
    code: 'reference-of-other-connector',
    what: `The connection reference ${reference} is not for desktop flows`,
    why: `It is for ${connector.split('/').at(-1)}`,
    whatToDo: 'Take one of the connector Desktop flows (shared_uiflow)',
    where: PAGES.solutions,
  };
}
