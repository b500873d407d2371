/** HOST: turns a row of Dataverse into what a run keeps of its robot. */
import { noCandidateSubCode } from '../../common/error-codes';
import type { FlowRunAttempt } from '../../common/result';
import { MAX_KEYWORD_LENGTH } from '../../common/search-attributes';
import { statusName } from '../../common/status';
import { MAX_ERROR_MESSAGE_LENGTH } from '../../common/watch';
import { type DataverseClient, type FlowSession, isRefusal } from '../../dataverse';

/** A text beside this code says why no machine could take the robot; which text is not documented. */
const NO_CANDIDATE_MACHINE = 'NoCandidateMachine';

const MAX_ERROR_CODE_LENGTH = 200;

export interface DescribeOptions {
  signal?: AbortSignal;
  /** Asks for the name of the machine too. @default false */
  withMachine?: boolean | undefined;
}

/** Describes a robot that has ended. Makes a second request if the error code alone says too little. */
export async function describeEnd(
  client: DataverseClient,
  session: FlowSession,
  { signal, withMachine = false }: DescribeOptions = {},
): Promise<FlowRunAttempt> {
  const machine = withMachine ? await machineOf(client, session.flowSessionId, signal) : undefined;
  const attempt = { ...toAttempt(session), ...(machine && { machine }) };
  if (session.errorCode !== NO_CANDIDATE_MACHINE) return attempt;
  const texts = await client.getErrorTexts(session.flowSessionId, { signal }).catch(noneIfRefused);
  const errorSubCode = noCandidateSubCode(texts);
  return { ...attempt, ...(errorSubCode && { errorSubCode }) };
}

/** For a search alone nothing fails. */
async function machineOf(
  client: DataverseClient,
  flowSessionId: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const name = await client.getMachineName(flowSessionId, { signal }).catch(() => null);
  return name?.slice(0, MAX_KEYWORD_LENGTH);
}

/** Returns no texts if Dataverse refuses: in an environment without their columns the status must not be lost. */
function noneIfRefused(error: unknown): string[] {
  if (isRefusal(error)) return [];
  throw error;
}

export function toAttempt(session: FlowSession): FlowRunAttempt {
  const { flowSessionId, statusCode, startedOn, completedOn, errorCode, errorMessage } = session;
  return {
    flowSessionId,
    statusCode,
    status: statusName(statusCode),
    startedOn,
    completedOn,
    ...(errorCode && { errorCode: errorCode.slice(0, MAX_ERROR_CODE_LENGTH) }),
    ...(errorMessage && { errorMessage: errorMessage.slice(0, MAX_ERROR_MESSAGE_LENGTH) }),
  };
}
