/** HOST: the activity `getFlowOutputs`. */
import { ApplicationFailure } from '@temporalio/activity';
import type { GetFlowOutputsResult } from '../common/activities';
import { OUTPUTS_TOO_LARGE, OUTPUTS_UNREADABLE } from '../common/failure-types';
import { parseFlowSessionInput } from '../common/input';
import type { DataverseClient } from '../dataverse';
import type { ClientFor } from './support/dataverse-clients';
import { onSession } from './support/session-activity';

/** A Temporal payload ends at 2 MiB; 256 KiB are left for the attempts and whatever a payload codec adds. */
const MAX_OUTPUTS_BYTES = 2 * 1024 * 1024 - 256 * 1024;

/** White space does not count: a file of more than this cannot come down to what a payload holds. One range. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** What a watcher sends along with its signal, as a file and as JSON. */
const SMALL_BYTES = 64 * 1024;

export function createGetFlowOutputs(clientFor: ClientFor) {
  return onSession(
    clientFor,
    parseFlowSessionInput,
    async (client, { flowSessionId }, signal): Promise<GetFlowOutputsResult> => {
      const limits = { signal, maxBytes: MAX_FILE_BYTES };
      const { outputs, outputsSize } = await readOutputs(client, flowSessionId, limits);
      if (outputsSize > MAX_OUTPUTS_BYTES) {
        throw failure(
          OUTPUTS_TOO_LARGE,
          `The outputs of run ${flowSessionId} are ${outputsSize} bytes, more than the ${MAX_OUTPUTS_BYTES} that fit ` +
            'into a Temporal payload. The robot succeeded: fetch them from Dataverse, or let the flow return less.',
          { flowSessionId, outputsSize },
        );
      }
      return { outputs };
    },
  );
}

/**
 * The outputs where they are small, readable and there at once. Undefined otherwise: then the run has to ask for them
 * with `getFlowOutputs`, which says what is the matter, or tries on.
 */
export async function trySmallOutputs(
  client: DataverseClient,
  flowSessionId: string,
  signal: AbortSignal,
): Promise<GetFlowOutputsResult['outputs'] | undefined> {
  try {
    const limits = { signal, maxBytes: SMALL_BYTES };
    const { outputs, outputsSize } = await readOutputs(client, flowSessionId, limits);
    return outputsSize > SMALL_BYTES ? undefined : outputs;
  } catch {
    return undefined;
  }
}

async function readOutputs(
  client: DataverseClient,
  flowSessionId: string,
  limits: { signal: AbortSignal; maxBytes: number },
) {
  return parseOutputs((await client.getOutputs(flowSessionId, limits)) ?? 'null', flowSessionId);
}

function parseOutputs(text: string, flowSessionId: string) {
  let outputs: unknown;
  let outputsSize: number;
  try {
    outputs = JSON.parse(text);
    outputsSize = Buffer.byteLength(JSON.stringify(outputs));
  } catch {
    // The parser's own message quotes the text; what is nested too deeply it reads, but cannot write.
    throw unreadable('are no JSON that can be read', flowSessionId);
  }
  if (outputs !== null && (typeof outputs !== 'object' || Array.isArray(outputs))) {
    throw unreadable('are JSON, but no object', flowSessionId);
  }
  return { outputs: outputs as Record<string, unknown> | null, outputsSize };
}

function unreadable(problem: string, flowSessionId: string): ApplicationFailure {
  const message = `The robot succeeded, but the outputs of run ${flowSessionId} ${problem}.`;
  return failure(OUTPUTS_UNREADABLE, message, { flowSessionId });
}

function failure(type: string, message: string, details: object): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [details] });
}
