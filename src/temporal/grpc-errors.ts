/** HOST: what an error of Temporal's server says, by gRPC's codes. */
import { isGrpcServiceError } from '@temporalio/client';

const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNIMPLEMENTED = 12;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

/** Something that does not exist, or not any longer. */
export function isNotFound(error: unknown): boolean {
  return isGrpcServiceError(error) && error.code === NOT_FOUND;
}

/** A call that the server does not know. */
export function isUnimplemented(error: unknown): boolean {
  return isGrpcServiceError(error) && error.code === UNIMPLEMENTED;
}

/** No answer of the server: it cannot be told whether the call was carried out. */
export function isUnanswered(error: unknown): boolean {
  return isGrpcServiceError(error) && [DEADLINE_EXCEEDED, UNAVAILABLE].includes(error.code);
}

/** The server does not serve this caller. */
export function isDenied(error: unknown): boolean {
  return isGrpcServiceError(error) && [PERMISSION_DENIED, UNAUTHENTICATED].includes(error.code);
}
