import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyChecksums } from '../../../src/testing/temporal-servers/checksums';
import { createWorkbench, type Workbench } from './workbench';

let bench: Workbench;
let list: string;
let files: string;
beforeEach(() => {
  bench = createWorkbench();
  list = join(bench.directory, 'checksums.sha256');
  files = join(bench.directory, 'files');
  mkdirSync(files);
  const line = (name: string) => `${createHash('sha256').update(name).digest('hex')}  ${name}\n`;
  writeFileSync(list, line('a.jar') + line('b.jar'));
  for (const name of ['a.jar', 'b.jar']) writeFileSync(join(files, name), name);
});
afterEach(() => bench.remove());

test('exactly the files of the list are accepted', async () => {
  await expect(verifyChecksums(files, list)).resolves.toBeUndefined();
});

test.each([
  ['a changed file', () => writeFileSync(join(files, 'a.jar'), 'changed'), 'a.jar does not match'],
  [
    'a file that is not on the list',
    () => writeFileSync(join(files, 'c.jar'), 'c.jar'),
    'c.jar does not match',
  ],
  [
    'a list with a file that is not there',
    () => writeFileSync(list, `${'0'.repeat(64)}  d.jar\n`, { flag: 'a' }),
    'd.jar has',
  ],
])('%s is refused by name', async (_, change, message) => {
  change();
  await expect(verifyChecksums(files, list)).rejects.toThrow(message);
});
