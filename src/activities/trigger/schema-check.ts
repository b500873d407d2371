/**
 * HOST: refuses inputs that do not fit the schema of their flow, where a caller asks for it, before a robot is started. A
 * refusal is for good, so it takes a schema that was read after the try began; a schema that fits may be older.
 */
import { RecentlyUsed } from '../../common/recently-used';
import type { FieldProblem } from '../../common/schema/parse';
import type { DataverseClient } from '../../dataverse';
import { fingerprintOf } from '../../schemas/fingerprint';
import { type FlowParameter, FlowSchemaError, readFlowSchema } from '../../schemas/flow-schema';
import { inputProblems } from '../../schemas/input-problems';
import { invalidInput } from '../support/dataverse-failures';
import type { Trigger } from './trigger';

type Column = 'inputs' | 'outputs';

interface Cached {
  /** When the request began, epoch milliseconds. */
  readAt: number;
  parameters?: Promise<FlowParameter[]>;
}

/** A thousand starts of a flow should not read its schema a thousand times. */
const KEPT_MS = 60_000;
/** Of one client. */
const MOST_SCHEMAS = 1000;

const schemasOf = new WeakMap<DataverseClient, RecentlyUsed<Cached>>();

/**
 * @throws ApplicationFailure `InvalidInput`. @throws DataverseError where the schema cannot be read: nothing is started
 * unchecked.
 */
export async function refuseWrongInputs(trigger: Trigger): Promise<void> {
  const { checkInputs, schemaFingerprint } = trigger.input;
  if (!checkInputs && schemaFingerprint === undefined) return;
  const now = Date.now();
  if ((await problemsOf(trigger, now - KEPT_MS)).length === 0) return;
  const problems = await problemsOf(trigger, now);
  if (problems.length > 0) throw invalidInput(problems);
}

async function problemsOf({ client, input }: Trigger, since: number): Promise<FieldProblem[]> {
  const { flowId, inputs: given, checkInputs, schemaFingerprint } = input;
  const read = (column: Column) => parametersOf(client, flowId, column, since);
  try {
    const [inputs, outputs] = await Promise.all([read('inputs'), schemaFingerprint ? read('outputs') : []]);
    const isChanged = schemaFingerprint && schemaFingerprint !== fingerprintOf({ inputs, outputs });
    return [
      ...(isChanged ? [{ field: 'schemaFingerprint', problem: CHANGED }] : []),
      ...(checkInputs ? inputProblems(given, inputs) : []),
    ];
  } catch (error) {
    if (!(error instanceof FlowSchemaError)) throw error;
    const field = checkInputs ? 'checkInputs' : 'schemaFingerprint';
    return [{ field, problem: `does not go with this flow: ${error.message}` }];
  }
}

const CHANGED =
  'is not that of the flow, whose inputs or outputs have changed: run desktop-flow codegen again, and build with what it writes';

function parametersOf(client: DataverseClient, flowId: string, column: Column, since: number) {
  const ofClient = schemasOf.get(client) ?? new RecentlyUsed<Cached>(MOST_SCHEMAS);
  schemasOf.set(client, ofClient);
  const cached = ofClient.get(`${flowId} ${column}`, () => ({ readAt: 0 }));
  if (cached.parameters !== undefined && cached.readAt >= since) return cached.parameters;
  const reading = client.getFlowSchema(flowId, column).then(readFlowSchema);
  cached.readAt = Date.now();
  cached.parameters = reading;
  reading.catch(() => {
    if (cached.parameters === reading) cached.parameters = undefined;
  });
  return reading;
}
