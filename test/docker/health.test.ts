import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startEmulator } from '../../src/testing/emulator';
import { healthCommand, root } from './compose-file';

/** Runs a service's health check as its container would. That of the worker: test/health/worker.test.ts. */
function check(name: string, rewrite: (argument: string) => string) {
  const [command, args] = healthCommand(name);
  return promisify(execFile)(command, args.map(rewrite), { cwd: root, env: { PATH: process.env.PATH } });
}

test('the health check of the emulator passes while the emulator answers, and fails otherwise', async () => {
  const emulator = await startEmulator({ port: 0 });
  const rewrite = (argument: string) => argument.replace('http://127.0.0.1:4010', emulator.url);
  await expect(check('emulator', rewrite)).resolves.toBeDefined();
  await emulator.close();
  await expect(check('emulator', rewrite)).rejects.toMatchObject({ code: 1 });
});
