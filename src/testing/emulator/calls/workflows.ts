/**
 * HOST, development only: lists flows and reads their schemas (Microsoft: desktop-flow-public-apis, entities/workflow).
 */
import { type Answer, UnverifiedRefusal } from '../odata/answers';
import { readMany, readOne } from '../odata/read';
import { type Row, WORKFLOWS } from '../odata/table';
import type { Flow } from '../setup/flows-file';
import { type Call, flowOf, readOptions, readRequest, sees } from './call';

const CLOUD_FLOW = 5;
const DESKTOP_FLOW = 6;
const POWER_AUTOMATE_DESKTOP = 2;

export function listFlows(call: Call): Answer {
  const rows = [...call.world.flows.values()]
    .filter((flow) => sees(call, flow))
    .map((flow) => toRow(call, flow));
  return readMany(WORKFLOWS, rows, readRequest(call), readOptions(call));
}

export function readFlow(call: Call): Answer {
  return readOne(WORKFLOWS, toRow(call, flowOf(call)), readRequest(call), readOptions(call));
}

export function readSchema(call: Call): Answer {
  const schema = schemaText(flowOf(call), call.params[1] as 'inputs' | 'outputs');
  if (schema === null) throw new UnverifiedRefusal('noSchema', 'The flow has no schema.');
  // OData's rules make it a raw text column; which type Dataverse sends is not documented.
  return { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: schema };
}

function toRow({ world }: Call, flow: Flow): Row {
  return {
    workflowid: flow.id,
    name: flow.name,
    category: flow.category === 'cloud' ? CLOUD_FLOW : DESKTOP_FLOW,
    uiflowtype: POWER_AUTOMATE_DESKTOP,
    componentstate: flow.published ? 0 : 1,
    inputs: schemaText(flow, 'inputs'),
    outputs: schemaText(flow, 'outputs'),
    statecode: flow.suspended ? 2 : flow.published ? 1 : 0,
    statuscode: flow.suspended ? 3 : flow.published ? 2 : 1,
    type: 1,
    _ownerid_value: world.identity.UserId,
    versionnumber: 1_000_000,
  };
}

/** Writes `default` and `value` as strings, even those of a number. */
function schemaText(flow: Flow, direction: 'inputs' | 'outputs'): string | null {
  const entries = Object.entries(flow[direction]).map(([title, { type, ...property }]) => {
    const value = direction === 'outputs' ? null : property.default || (type === 'number' ? '0' : '');
    return [title, { ...property, format: null, title, type, value }];
  });
  return entries.length === 0
    ? null
    : JSON.stringify({ schema: { properties: Object.fromEntries(entries), type: 'object' } });
}
