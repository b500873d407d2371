/** HOST: what an error of Temporal's server says, by gRPC's codes. */
import { isGrpcServiceError } from '@temporalio/client';

const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

/** Something that does not exist, or not any longer. */
export function isNotFound(error: unknown): boolean {
  return isGrpcServiceError(error) && error.code === NOT_FOUND;
}

/** A call that the server does not know. */
export function isUnimplemented(error: unknown): boolean {
  return isGrpcServiceError(error) && error.code === UNIMPLEMENTED;
}
