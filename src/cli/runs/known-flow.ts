/** HOST: the flow that a command line names, with the schema of its inputs where that can be read. */
import { findFlow } from '../../codegen/flow-source';
import { messageOf } from '../../common/message-of';
import { isGuid } from '../../common/schema/guid';
import { type DataverseClient, DataverseError } from '../../dataverse';
import { type FlowParameter, FlowSchemaError, readFlowSchema } from '../../schemas/flow-schema';
import { openDataverseIfTold } from '../support/clients';
import { CommandError, UsageError } from '../support/errors';
import { EXIT } from '../support/exit-codes';

export interface KnownFlow {
  flowId: string;
  /** Unset where it was given by its id. */
  name?: string;
  /** Unset where they cannot be read; then `unread` says why. */
  parameters?: FlowParameter[];
  unread?: string;
}

export async function readKnownFlow(flow: string): Promise<KnownFlow> {
  const client = openDataverseIfTold();
  if (client === undefined && !isGuid(flow)) {
    throw new UsageError(
      '--flow must be an id: a name is looked up in Dataverse, and POWER_AUTOMATE_ORGANIZATION_URI is not set',
    );
  }
  if (client === undefined) return { flowId: flow, unread: 'POWER_AUTOMATE_ORGANIZATION_URI is not set' };
  const found = isGuid(flow) ? { flowId: flow.toLowerCase() } : await findByName(client, flow);
  return { ...found, ...(await readParameters(client, found.flowId)) };
}

async function findByName(client: DataverseClient, name: string) {
  try {
    return await findFlow(client, name);
  } catch (error) {
    throw new CommandError(
      `--flow: ${messageOf(error)}`,
      error instanceof DataverseError ? EXIT.outOfReach : EXIT.wrongInput,
    );
  }
}

/** What cannot be read keeps nobody from running a flow: only one that is not there does. */
async function readParameters(
  client: DataverseClient,
  flowId: string,
): Promise<Pick<KnownFlow, 'parameters' | 'unread'>> {
  try {
    return { parameters: readFlowSchema(await client.getFlowSchema(flowId, 'inputs')) };
  } catch (error) {
    if (error instanceof DataverseError && error.kind === 'notFound') {
      throw new UsageError(`--flow: Dataverse shows no desktop flow ${flowId}`);
    }
    if (error instanceof DataverseError || error instanceof FlowSchemaError) return { unread: error.message };
    throw error;
  }
}
