/**
 * HOST: secrets in files, one a secret, as Kubernetes and Docker mount them: the name is that of the file. A file is read
 * each time, so a secret that is changed counts from the next robot on.
 */
import path from 'node:path';
import { readSecretFile } from '../dataverse';
import { type AllowedSecrets, allowedOnly, type SecretProvider } from './secrets';

/** Kubernetes keeps its own files beside the secrets, and no name may lead out of the folder. */
const NAME = /^(?!\.)[\w.-]+$/;

/**
 * Secrets in the files of a folder, such as `/run/secrets`, each by the name of its file and read each time. A line break at the end
 * does not count. A file that cannot be read is an error, which passes; one that is not there is no secret.
 */
export function fileSecrets(folder: string, options: AllowedSecrets = {}): SecretProvider {
  const get = async (name: string) => {
    if (!NAME.test(name)) return undefined;
    return readSecretFile(path.join(folder, name)).catch(({ message }: Error) => {
      throw new Error(`the file of the secret ${name} cannot be read: ${message}`);
    });
  };
  return allowedOnly({ get }, options);
}
