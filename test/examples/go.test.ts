import path from 'node:path';
import { itKeepsThePromisesOfAnExample } from './scenarios';
import { cacheFolder, describeWith, EXAMPLES, runTool } from './toolchain';

const cwd = path.join(EXAMPLES, 'go');

/** Go keeps what it has compiled by itself, so that only the first build of a machine takes minutes. */
async function build(): Promise<string> {
  const file = path.join(cacheFolder('go', 'go.sum'), 'desktopflows');
  await runTool('go', ['vet', '.'], cwd);
  await runTool('go', ['build', '-mod=readonly', '-o', file, '.'], cwd);
  return file;
}

describeWith({ go: ['version'] }, 'Go')('the example in Go', () => {
  itKeepsThePromisesOfAnExample(async () => ({ file: await build(), args: [], cwd }));
});
