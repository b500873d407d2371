/** HOST: a finding of what Dataverse answers where nothing more particular is known. */
import { messageOf } from '../common/message-of';
import { DataverseError } from '../dataverse';
import type { Finding } from './check';
import { PAGES } from './portals';

/** @param asked what was asked for, such as "the desktop flows". */
export function refusalOf(error: unknown, asked: string): Finding {
  const { kind } = error instanceof DataverseError ? error : { kind: undefined };
  if (kind === 'throttled') {
    return {
      code: 'throttled',
      what: 'Dataverse asks this user to wait (service protection limits)',
      why: messageOf(error),
      whatToDo:
        'Find the program that asks as the same user, and give the workers an application user of their own',
      where: PAGES.applicationUsers,
    };
  }
  return {
    code: kind === 'forbidden' ? 'forbidden' : 'dataverse-trouble',
    what: `Dataverse does not answer with ${asked}`,
    why: messageOf(error),
    whatToDo:
      kind === 'forbidden'
        ? 'Give a role of the application user the privilege that is missing'
        : 'Try again; if it comes again, ask the administrator of the environment',
    where: kind === 'forbidden' ? PAGES.securityRoles : PAGES.environment,
  };
}

export function isForbidden(error: unknown): error is DataverseError {
  return error instanceof DataverseError && error.kind === 'forbidden';
}
