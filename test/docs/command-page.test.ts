/** docs/command.md says of each command what its `--help` says. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './blocks';

it('docs/command.md has the help of every command', async () => {
  await promisify(execFile)(process.execPath, [path.join(ROOT, 'tools', 'command-page.js')]);
}, 120_000);
