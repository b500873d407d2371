/** HOST: reads the outputs of a robot that succeeded. */
import { ApplicationFailure } from '@temporalio/activity';
import type { GetFlowOutputsResult } from '../../common/activities';
import { OUTPUTS_UNREADABLE } from '../../common/failure-types';
import { collectGarbage } from '../../common/garbage';
import { MAX_SENT_OUTPUTS_BYTES } from '../../common/watch';
import type { DataverseClient, DownloadOptions } from '../../dataverse';

/** A Temporal payload holds at most 2 MiB; 256 KiB are left for the attempts and for what a payload codec adds. */
const MAX_OUTPUTS_BYTES = 2 * 1024 * 1024 - 256 * 1024;

/** Even minified, a larger file cannot fit into a payload. One range of a download. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** `MaxSizeInKB` of the column of `flowsession`. A payload by reference may be larger. */
const MAX_STORED_OUTPUTS_BYTES = 32 * 1024 * 1024;

/** How large outputs may be, and the result of an expression together with them. */
export interface OutputsRoom {
  outputsBytes: number;
  /** Of the file as Dataverse has it. */
  fileBytes: number;
}

export function outputsRoom({ storesLargePayloads = false }: { storesLargePayloads?: boolean }): OutputsRoom {
  return storesLargePayloads
    ? { outputsBytes: MAX_STORED_OUTPUTS_BYTES, fileBytes: MAX_STORED_OUTPUTS_BYTES }
    : { outputsBytes: MAX_OUTPUTS_BYTES, fileBytes: MAX_FILE_BYTES };
}

/**
 * Reads the outputs if they are small, readable and available at once. Returns undefined otherwise: then the run has to
 * fetch them with `getFlowOutputs`, which reports what is wrong, or keeps trying.
 */
export async function trySmallOutputs(
  client: DataverseClient,
  flowSessionId: string,
  signal: AbortSignal,
): Promise<GetFlowOutputsResult['outputs'] | undefined> {
  try {
    const limits = { signal, maxBytes: MAX_SENT_OUTPUTS_BYTES };
    const { outputs, outputsSize } = await readOutputs(client, flowSessionId, limits);
    return outputsSize > MAX_SENT_OUTPUTS_BYTES ? undefined : outputs;
  } catch {
    return undefined;
  }
}

/** @throws ApplicationFailure `OutputsUnreadable`, DataverseError */
export async function readOutputs(client: DataverseClient, flowSessionId: string, limits: DownloadOptions) {
  const read = await outputsOf(client, flowSessionId, limits);
  collectGarbage(read.outputsSize);
  return read;
}

/** A function of its own: the text ends with its frame, so that it can be collected. */
async function outputsOf(client: DataverseClient, flowSessionId: string, limits: DownloadOptions) {
  return parseOutputs((await client.getOutputs(flowSessionId, limits)) ?? 'null', flowSessionId);
}

function parseOutputs(text: string, flowSessionId: string) {
  let outputs: unknown;
  let outputsSize: number;
  try {
    outputs = JSON.parse(text);
    outputsSize = Buffer.byteLength(JSON.stringify(outputs));
  } catch {
    // The parser's own message quotes the text. JSON can read what is nested too deeply, but cannot write it.
    throw unreadable('are not JSON that can be read', flowSessionId);
  }
  if (outputs !== null && (typeof outputs !== 'object' || Array.isArray(outputs))) {
    throw unreadable('are JSON, but not an object', flowSessionId);
  }
  return { outputs: outputs as Record<string, unknown> | null, outputsSize };
}

function unreadable(problem: string, flowSessionId: string): ApplicationFailure {
  const message = `The robot succeeded, but the outputs of run ${flowSessionId} ${problem}.`;
  return outputsFailure(OUTPUTS_UNREADABLE, message, { flowSessionId });
}

export function outputsFailure(type: string, message: string, details: object): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [details] });
}
