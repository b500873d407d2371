/** HOST: as whom a process asks Dataverse, by its variables. Adds what is wrong to a list, and repeats no value. */
import { readFileSync } from 'node:fs';
import {
  bearerTokenProblem,
  type DataverseCredentials,
  readSecretFile,
  tokenEndpointProblem,
} from '../dataverse';
import { AzureCredential, IDENTITY_PACKAGE } from '../identity/azure-credential';
import { certificateProblem } from '../identity/certificate';
import { packageProblem } from '../identity/optional-package';

export type Read = (name: string) => string | undefined;

/** The values of POWER_AUTOMATE_CREDENTIAL. */
const CREDENTIAL_KINDS = [
  'clientSecret',
  'clientCertificate',
  'managedIdentity',
  'workloadIdentity',
  'default',
] as const;

type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

/** Kinds that need nothing of the application: whoever runs the machine has set them up. */
const PLATFORM_KINDS = ['managedIdentity', 'workloadIdentity', 'default'] as const;

const KIND = 'POWER_AUTOMATE_CREDENTIAL';
const CLIENT_ID = 'POWER_AUTOMATE_CLIENT_ID';
const CLIENT_SECRET = 'POWER_AUTOMATE_CLIENT_SECRET';
const CLIENT_SECRET_FILE = 'POWER_AUTOMATE_CLIENT_SECRET_FILE';
const TOKEN_ENDPOINT = 'POWER_AUTOMATE_TOKEN_ENDPOINT';
const BEARER_TOKEN = 'POWER_AUTOMATE_BEARER_TOKEN';
const TENANT_ID = 'POWER_AUTOMATE_TENANT_ID';
const AUTHORITY_HOST = 'POWER_AUTOMATE_AUTHORITY_HOST';
const CERTIFICATE_FILE = 'POWER_AUTOMATE_CLIENT_CERTIFICATE_FILE';
const CERTIFICATE_SECRET = 'POWER_AUTOMATE_CLIENT_CERTIFICATE_SECRET';
const CERTIFICATE_PASSWORD = 'POWER_AUTOMATE_CLIENT_CERTIFICATE_PASSWORD';

/** Variables of Azure's own, as its webhook for workload identities sets them in a pod. */
const AZURE = {
  clientId: 'AZURE_CLIENT_ID',
  tenantId: 'AZURE_TENANT_ID',
  tokenFile: 'AZURE_FEDERATED_TOKEN_FILE',
} as const;

export interface CredentialsContext {
  read: Read;
  problems: string[];
  /** Reads a secret for the worker itself, whatever inputs may name. */
  ownSecret(name: string): Promise<string | undefined>;
}

export function readCredentials(context: CredentialsContext): DataverseCredentials | undefined {
  const { read, problems } = context;
  const kind = read(KIND);
  if (kind === undefined) return readSecretOrToken(context);
  if (!isKind(kind)) {
    problems.push(`${KIND} must be one of ${CREDENTIAL_KINDS.join(', ')}`);
    return undefined;
  }
  if (kind === 'clientSecret') return readSecretOrToken(context, true);
  const missing = packageProblem(IDENTITY_PACKAGE);
  if (missing) problems.push(`${KIND}=${kind} ${missing}`);
  switch (kind) {
    case 'clientCertificate':
      return readCertificate(context);
    case 'managedIdentity':
      return new AzureCredential({ kind, clientId: read(CLIENT_ID) });
    case 'workloadIdentity':
      return readWorkloadIdentity(context);
    case 'default':
      return new AzureCredential({
        kind,
        clientId: read(CLIENT_ID),
        tenantId: read(TENANT_ID),
        authorityHost: readAuthorityHost(context),
      });
  }
}

/** As whom another service of Azure than Dataverse is asked, where that is not the worker's own credential. */
export function readPlatformCredential(
  name: 'POWER_AUTOMATE_KEY_VAULT_CREDENTIAL' | 'EXTERNAL_STORAGE_CREDENTIAL',
  context: Pick<CredentialsContext, 'read' | 'problems'>,
): AzureCredential | undefined {
  const { read, problems } = context;
  const written = read(name);
  if (written === undefined) return undefined;
  const kind = PLATFORM_KINDS.find((one) => one === written);
  if (kind === undefined) {
    problems.push(`${name} must be one of ${PLATFORM_KINDS.join(', ')}`);
    return undefined;
  }
  const missing = packageProblem(IDENTITY_PACKAGE);
  if (missing) problems.push(`${name}=${kind} ${missing}`);
  // Of Azure's variables alone: the worker's own name another identity.
  const ofAzure: CredentialsContext = {
    ...context,
    ownSecret: async () => undefined,
    read: (variable) => (variable.startsWith('POWER_AUTOMATE_') ? undefined : read(variable)),
  };
  if (kind === 'workloadIdentity') return readWorkloadIdentity(ofAzure);
  return new AzureCredential({ kind, clientId: read(AZURE.clientId) });
}

function isKind(kind: string): kind is CredentialKind {
  return CREDENTIAL_KINDS.some((one) => one === kind);
}

/** @param isNamed whether the kind was named, so that nothing else will do. */
function readSecretOrToken(
  { read, problems }: CredentialsContext,
  isNamed = false,
): DataverseCredentials | undefined {
  const clientId = read(CLIENT_ID);
  const clientSecret = read(CLIENT_SECRET);
  const clientSecretFile = read(CLIENT_SECRET_FILE);
  const tokenEndpoint = read(TOKEN_ENDPOINT);
  const token = read(BEARER_TOKEN);
  const endpointProblem = tokenEndpoint && tokenEndpointProblem(tokenEndpoint);
  if (endpointProblem) problems.push(`${TOKEN_ENDPOINT} ${endpointProblem}`);
  if (clientSecret && clientSecretFile) {
    problems.push(`${CLIENT_SECRET_FILE} must not be set beside ${CLIENT_SECRET}: leave one out`);
  } else if (clientSecretFile && !textOf(clientSecretFile)) {
    problems.push(`${CLIENT_SECRET_FILE} must be the path of a file that holds the secret`);
  }
  if (clientId && tokenEndpoint) {
    if (clientSecret) return { type: 'oauth', clientId, clientSecret, tokenEndpoint };
    if (clientSecretFile) return { type: 'oauth', clientId, clientSecretFile, tokenEndpoint };
  }
  if (clientId || clientSecret || clientSecretFile || tokenEndpoint || isNamed) {
    const names = [CLIENT_ID, clientSecretFile ? CLIENT_SECRET_FILE : CLIENT_SECRET, TOKEN_ENDPOINT];
    const missing = names.filter((name) => !read(name));
    problems.push(`${missing.join(' and ')} must be set too: OAuth 2.0 needs all of ${names.join(', ')}`);
  }
  if (isNamed) return undefined;
  const tokenProblem = token && bearerTokenProblem(token);
  if (tokenProblem) problems.push(`${BEARER_TOKEN} ${tokenProblem}`);
  return token ? { type: 'bearer', token } : undefined;
}

function readCertificate(context: CredentialsContext): AzureCredential | undefined {
  const { read, problems, ownSecret } = context;
  const file = read(CERTIFICATE_FILE);
  const secret = read(CERTIFICATE_SECRET);
  const password = read(CERTIFICATE_PASSWORD);
  const needs = `${KIND}=clientCertificate needs`;
  if (file === undefined && secret === undefined) {
    problems.push(`${needs} ${CERTIFICATE_FILE}, or ${CERTIFICATE_SECRET}`);
  } else if (file !== undefined && secret !== undefined) {
    problems.push(`${CERTIFICATE_SECRET} must not be set beside ${CERTIFICATE_FILE}: leave one out`);
  }
  if (file !== undefined) {
    const pem = textOf(file);
    const problem = pem ? certificateProblem(pem, password) : 'cannot be read, or is empty';
    if (problem) problems.push(`${CERTIFICATE_FILE}: the file ${problem}`);
  }
  const { tenantId, clientId } = readApplication(context, needs);
  if (!tenantId || !clientId || (file ?? secret) === undefined) return undefined;
  return new AzureCredential({
    kind: 'clientCertificate',
    tenantId,
    clientId,
    authorityHost: readAuthorityHost(context),
    readCertificate: async () => (file === undefined ? ownSecret(secret as string) : readSecretFile(file)),
    password,
  });
}

function readWorkloadIdentity(context: CredentialsContext): AzureCredential | undefined {
  const { read, problems } = context;
  const needs = `${KIND}=workloadIdentity needs`;
  const tokenFile = read(AZURE.tokenFile);
  if (tokenFile === undefined) {
    problems.push(
      `${needs} ${AZURE.tokenFile}, which Azure's webhook sets in pods with the label azure.workload.identity/use: "true"`,
    );
  } else if (!textOf(tokenFile)) {
    problems.push(`${AZURE.tokenFile} must be the path of a file with a token`);
  }
  const { tenantId, clientId } = readApplication(context, needs, true);
  if (!tenantId || !clientId || !tokenFile) return undefined;
  return new AzureCredential({
    kind: 'workloadIdentity',
    tenantId,
    clientId,
    authorityHost: readAuthorityHost(context),
    tokenFile,
  });
}

/** @param isOfAzure whether Azure's own variables count where ours are not set. */
function readApplication({ read, problems }: CredentialsContext, needs: string, isOfAzure = false) {
  const tenantId = read(TENANT_ID) ?? (isOfAzure ? read(AZURE.tenantId) : undefined);
  const clientId = read(CLIENT_ID) ?? (isOfAzure ? read(AZURE.clientId) : undefined);
  if (!clientId) problems.push(`${needs} ${CLIENT_ID}`);
  if (!tenantId) problems.push(`${needs} ${TENANT_ID}`);
  else if (!/^[0-9a-z.-]+$/i.test(tenantId)) {
    problems.push(`${TENANT_ID} must be the id of a tenant, or one of its domains`);
  }
  return { tenantId, clientId };
}

function readAuthorityHost({ read, problems }: CredentialsContext): string | undefined {
  const written = read(AUTHORITY_HOST);
  if (written === undefined) return undefined;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url?.protocol === 'https:' && url.pathname === '/' && !url.search && !url.username) return url.origin;
  problems.push(`${AUTHORITY_HOST} must be an https origin, such as https://login.microsoftonline.us`);
  return undefined;
}

/** At the start alone: what is not there then is a mistake of the set-up, and no replacement under way. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
