/** HOST: where the schemas of a flow come from: Dataverse, or a file. */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../common/message-of';
import { isGuid } from '../common/schema/guid';
import { nearestName } from '../common/schema/nearest-name';
import { isPlainObject } from '../common/schema/parse';
import type { DataverseClient, FlowSummary } from '../dataverse';
import type { FlowToGenerate } from './module';

/** @param flow id or name. @throws DataverseError, and an Error where there is no such flow, or several. */
export async function fetchFlow(client: DataverseClient, flow: string): Promise<FlowToGenerate> {
  const found = await findFlow(client, flow);
  return { ...found, ...(await client.getFlowSchemas(found.flowId)) };
}

/** A flow that is not listed, such as a draft, may still be readable by its id. */
export async function findFlow(
  client: DataverseClient,
  flow: string,
): Promise<Pick<FlowToGenerate, 'flowId' | 'name'>> {
  const flows = await client.listFlows();
  if (!isGuid(flow)) return byName(flows, flow);
  return flows.find(({ flowId }) => flowId === flow.toLowerCase()) ?? { flowId: flow.toLowerCase() };
}

function byName(flows: FlowSummary[], name: string): FlowSummary {
  const [found, ...others] = flows.filter((flow) => flow.name === name);
  if (found === undefined) {
    const nearest = nearestName(
      name,
      flows.map((flow) => flow.name),
    );
    const hint = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
    throw new Error(`Dataverse shows no published desktop flow '${name}'${hint}`);
  }
  if (others.length === 0) return found;
  const ids = [found, ...others].map(({ flowId }) => `  ${flowId}`).join('\n');
  throw new Error(`several desktop flows are called '${name}': give the id of one\n${ids}`);
}

/** The file holds `{"flowId", "name"?, "inputs", "outputs"}`. @throws Error that names what is wrong. */
export async function readFlowFile(file: string, flowId?: string): Promise<FlowToGenerate> {
  const content = parsed(await readTextFile(file), file);
  const { flowId: written, name, inputs = null, outputs = null } = content;
  const id = flowId ?? written;
  if (typeof id !== 'string' || !isGuid(id)) {
    throw new Error(`${file} must have a flowId, a GUID, or --flow must give it`);
  }
  return { flowId: id, ...(typeof name === 'string' && { name }), inputs, outputs };
}

/** @throws Error that names the file. */
export async function readTextFile(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${file} cannot be read: ${messageOf(error)}`);
  });
}

function parsed(text: string, file: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(text);
    if (isPlainObject(content)) return content;
  } catch {
    // The parser's own message quotes the text.
  }
  throw new Error(`${file} must hold a JSON object with flowId, inputs and outputs`);
}
