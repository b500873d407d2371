/** HOST: whether the variables can be read; those that a later check is about are told there. */
import { authenticationName } from '../dataverse';
import { type Check, found, passed, type Result } from './check';
import type { FindingCode } from './codes';
import type { Setup } from './setup';

const CREDENTIALS =
  /CLIENT_ID|CLIENT_SECRET|TOKEN_ENDPOINT|BEARER_TOKEN|_CREDENTIAL\b|CLIENT_CERTIFICATE|TENANT_ID|AUTHORITY_HOST|AZURE_/;
const TOLD_ELSEWHERE = [/^TEMPORAL_/, /^POWER_AUTOMATE_ORGANIZATION_URI/, /^CALLBACK_/, CREDENTIALS];

export const WHERE_VARIABLES =
  "the worker's environment, such as its .env; docs/configuration.md has all variables";

export const VARIABLE_CHECKS: readonly Check[] = [
  {
    id: 'variables',
    group: 'Configuration',
    title: 'The variables can be read',
    kind: 'configuration',
    run: ({ problems }) =>
      wrongVariables(problems.filter((line) => !TOLD_ELSEWHERE.some((told) => told.test(line)))),
  },
  {
    id: 'credentials',
    group: 'Configuration',
    title: 'There are credentials for Dataverse',
    kind: 'configuration',
    run: checkCredentials,
  },
];

/** By POWER_AUTOMATE_CREDENTIAL. */
const KINDS: Readonly<Record<string, string>> = {
  clientCertificate: 'a client id and its certificate',
  managedIdentity: 'the managed identity of this machine',
  workloadIdentity: 'the workload identity of this pod',
  default: 'what DefaultAzureCredential finds on this machine',
};

/** What is wrong with some variables, as one finding each. */
export function wrongVariables(problems: readonly string[], code: FindingCode = 'variable-wrong'): Result {
  if (problems.length === 0) return passed('');
  return found(
    ...problems.map((problem) => ({
      code,
      what: problem,
      why: 'The worker does not start with it',
      whatToDo: 'Set the variable as the sentence says',
      where: WHERE_VARIABLES,
    })),
  );
}

function checkCredentials(setup: Setup): Result {
  const problems = setup.problemsWith(CREDENTIALS).filter((problem) => !problem.startsWith('CALLBACK_'));
  if (problems.length > 0) return wrongVariables(problems, 'credentials-wrong');
  const { credentials } = setup.powerAutomate ?? {};
  if (credentials?.type === 'bearer') return passed('a bearer token, which ends within about an hour');
  if (credentials?.type === 'oauth') return passed('a client id and its secret');
  if (credentials !== undefined) return passed(KINDS[authenticationName(credentials)] ?? 'a credential');
  return found({
    code: 'credentials-missing',
    what: 'There are no credentials for Dataverse',
    why: 'Only runs whose input brings an authentication of its own can work',
    whatToDo:
      'Set POWER_AUTOMATE_CLIENT_ID, POWER_AUTOMATE_CLIENT_SECRET and POWER_AUTOMATE_TOKEN_ENDPOINT, of an application that is registered in Microsoft Entra ID, or POWER_AUTOMATE_CREDENTIAL',
    where: WHERE_VARIABLES,
  });
}
