/** HOST: what is said of a part of an explanation that cannot be had. */
import { DataverseError, isRefusal } from '../dataverse';

/**
 * Returns why, where it is so for good.
 * @throws the error itself where a later try may tell more, and there is one.
 */
export type Excuse = (error: unknown) => DataverseError;

/** @param isPatient whether there is a later try. */
export function excuse(isPatient: boolean): Excuse {
  return (error) => {
    if (!(error instanceof DataverseError) || error.kind === 'aborted') throw error;
    if (isPatient && error.kind !== 'tooLarge' && !isRefusal(error)) throw error;
    return error;
  };
}
