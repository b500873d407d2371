/** HOST: a secret in a file, as Docker and Kubernetes mount it. Who changes the secret replaces the file, at any time. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Kubernetes: the most that a Secret holds. */
const MOST_BYTES = 1024 * 1024;

/**
 * @returns undefined where there is no such file. A line break at its end does not count: editors and `echo` leave one.
 * @throws Error that names neither the path nor what is in it.
 */
export async function readSecretFile(path: string): Promise<string | undefined> {
  let file: Awaited<ReturnType<typeof open>> | undefined;
  try {
    // A pipe in the place of a file would keep one of Node's few threads waiting.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) throw new SecretFileError('it is not a file');
    if (found.size > MOST_BYTES) throw new SecretFileError(`it has more than ${MOST_BYTES} bytes`);
    return (await file.readFile('utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof SecretFileError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new SecretFileError(code ?? 'it cannot be read');
  } finally {
    await file?.close();
  }
}

class SecretFileError extends Error {
  override readonly name = 'SecretFileError';
}
