/** What the linters of packages say of the archive that would be published. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { itTakesLong } from '../helpers/long-tests';
import { packedPackage, removePacked } from '../helpers/packed-project';

afterAll(removePacked);

async function said(tool: string, ...options: string[]): Promise<string> {
  const args = ['exec', '--no', '--', tool, ...options, await packedPackage()];
  const { stdout, stderr } = await promisify(execFile)('npm', args).catch(
    (failed: { stdout: string; stderr: string }) => failed,
  );
  return `${stdout}${stderr}`;
}

itTakesLong('publint has nothing to say', async () => {
  expect(await said('publint', 'run', '--strict')).toMatch(/All good!/);
});

itTakesLong('the types are right for every module resolution', async () => {
  expect(await said('attw', '--no-emoji')).toMatch(/No problems found/);
});
