/** HOST: robots without Temporal: single requests to Dataverse, with none of what a run promises. */

import { messageOf } from '../../common/message-of';
import { badEnd, isSuccess, isTerminal, statusName } from '../../common/status';
import { type DataverseClient, DataverseError, type FlowSession } from '../../dataverse';
import { openDataverse } from '../support/clients';
import { CommandError } from '../support/errors';
import { EXIT, type ExitCode } from '../support/exit-codes';

/** Has Dataverse's errors end the command with the exit code that they mean. */
export async function directly<Result>(use: (client: DataverseClient) => Promise<Result>): Promise<Result> {
  try {
    return await use(openDataverse());
  } catch (error) {
    if (!(error instanceof DataverseError)) throw error;
    throw new CommandError(messageOf(error), exitCodeOf(error));
  }
}

/** Of a search for a flow: there is none, or there are several. Dataverse's own errors stay what they are. */
export function refuseFlow(error: unknown): never {
  throw error instanceof DataverseError ? error : new CommandError(messageOf(error), EXIT.wrongInput);
}

function exitCodeOf({ kind }: DataverseError): ExitCode {
  return kind === 'notFound' || kind === 'badRequest' ? EXIT.wrongInput : EXIT.outOfReach;
}

/** The row in the words of a run's attempts. */
export function attemptOf({ statusCode, errorCode, errorMessage, ...session }: FlowSession) {
  return {
    ...session,
    statusCode,
    status: statusName(statusCode),
    ...(errorCode !== null && { errorCode }),
    ...(errorMessage !== null && { errorMessage }),
  };
}

/** @returns undefined while the robot has not ended. */
export function exitCodeOfRobot(statusCode: number): ExitCode | undefined {
  if (!isTerminal(statusCode)) return undefined;
  if (isSuccess(statusCode)) return EXIT.succeeded;
  return badEnd(statusCode) === 'Cancelled' ? EXIT.cancelled : EXIT.endedBadly;
}
