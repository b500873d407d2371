/** HOST: reads from the environment where large payloads go, and as whom. Adds what is wrong to a list, and repeats no value. */
import type { DataverseCredentials } from '../dataverse';
import { packageProblem } from '../identity/optional-package';
import { AZURE_PACKAGE, type AzureStorageAccess } from '../storage/azure-container';
import type { StorageSettings } from '../storage/external-storage';
import { storageLocation } from '../storage/location';
import { S3_PACKAGE } from '../storage/s3-bucket';
import { type CredentialsContext, readPlatformCredential } from './credentials';
import { tokenCredentialOf } from './secret-providers';

const URL_NAME = 'EXTERNAL_STORAGE_URL';
const CREDENTIAL = 'EXTERNAL_STORAGE_CREDENTIAL';
const ACCOUNT_KEY = 'EXTERNAL_STORAGE_ACCOUNT_KEY';
const SIGNATURE = 'EXTERNAL_STORAGE_SIGNATURE';

/** AWS's own: another store than Amazon's, which wants the bucket in the path. */
const ENDPOINTS = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'];

type Context = Pick<CredentialsContext, 'read' | 'problems'>;

/** @param credentials the process's own: as whom Azure is asked where nobody else is named. */
export function readExternalStorage(
  context: Context,
  credentials: () => DataverseCredentials | undefined,
): StorageSettings | undefined {
  const { read, problems } = context;
  const url = read(URL_NAME);
  if (url === undefined) return undefined;
  const location = storageLocation(url);
  if (typeof location === 'string') {
    problems.push(`${URL_NAME} ${location}`);
    return undefined;
  }
  if (location.kind === 'folder') return location;
  const missing = packageProblem(location.kind === 's3' ? S3_PACKAGE : AZURE_PACKAGE);
  if (missing) problems.push(`${URL_NAME} ${missing}`);
  if (location.kind === 's3') {
    return { ...location, forcePathStyle: ENDPOINTS.some((name) => read(name) !== undefined) };
  }
  const access = readAccess(context, location.account, credentials);
  return access && { ...location, access };
}

function readAccess(
  context: Context,
  accountName: string,
  credentials: () => DataverseCredentials | undefined,
): AzureStorageAccess | undefined {
  const { read, problems } = context;
  const named = [CREDENTIAL, ACCOUNT_KEY, SIGNATURE].filter((name) => read(name) !== undefined);
  if (named.length > 1) problems.push(`${named.join(' and ')} must not be set together: leave one`);
  const accountKey = read(ACCOUNT_KEY);
  if (accountKey !== undefined) {
    if (!/^[\w+/]{40,}={0,2}$/.test(accountKey))
      problems.push(`${ACCOUNT_KEY} must be a key of the account, in Base64`);
    return { accountName, accountKey };
  }
  const signature = read(SIGNATURE)?.replace(/^\?/, '');
  if (signature !== undefined) {
    if (!new URLSearchParams(signature).get('sig'))
      problems.push(`${SIGNATURE} must be the query of a shared access signature: sv=...&sig=...`);
    return { signature };
  }
  const credential = readPlatformCredential(CREDENTIAL, context) ?? tokenCredentialOf(credentials());
  if (credential !== undefined) return { credential };
  if (read(CREDENTIAL) === undefined) {
    problems.push(
      `${URL_NAME} names a container, so ${CREDENTIAL}, ${ACCOUNT_KEY} or ${SIGNATURE} must be set, or a credential for Dataverse that is no bearer token`,
    );
  }
  return undefined;
}

/** What of the settings must not show in a log. */
export function storageSecretsOf(settings: StorageSettings | undefined): string[] {
  if (settings?.kind !== 'azure') return [];
  const { access } = settings;
  if ('accountKey' in access) return [access.accountKey];
  if (!('signature' in access)) return [];
  const sig = new URLSearchParams(access.signature).get('sig');
  return [access.signature, ...(sig ? [sig, encodeURIComponent(sig)] : [])];
}
