/** HOST, development only: checks fetched files against pinned checksums. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Refuses a directory that does not hold exactly the files of the list, which `sha256sum` wrote. */
export async function verifyChecksums(directory: string, listFile: string): Promise<void> {
  const expected = new Map(
    (await readFile(listFile, 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
  for (const name of await readdir(directory)) {
    const hash = createHash('sha256')
      .update(await readFile(join(directory, name)))
      .digest('hex');
    if (expected.get(name) !== hash) {
      throw new Error(`${name} does not match its pinned SHA-256 checksum; not used`);
    }
    expected.delete(name);
  }
  const [missing] = expected.keys();
  if (missing !== undefined) throw new Error(`${missing} has a pinned checksum but was not fetched`);
}
