import { execFile } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { startEmulator } from '../../src/testing/emulator';
import { setUp } from '../helpers/harness';
import { createLinkedProject } from '../helpers/linked-project';
import { type Program, runExample } from './program';
import { itKeepsThePromisesOfAnExample } from './scenarios';
import { EXAMPLES } from './toolchain';

const TSC = path.join(EXAMPLES, '..', 'node_modules', 'typescript', 'bin', 'tsc');

let folder: string;

/** Compiles it where its packages are those of this project: `test/package` is about installing them. */
async function build(): Promise<Program> {
  folder = await createLinkedProject('@temporalio', '@types');
  await cp(path.join(EXAMPLES, 'typescript'), folder, { recursive: true });
  await promisify(execFile)(process.execPath, [TSC], {
    cwd: folder,
  });
  return { file: process.execPath, args: [path.join('dist', 'main.js')], cwd: folder };
}

let built: Promise<Program> | undefined;
const program = () => {
  built ??= build();
  return built;
};

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the example in TypeScript', () => {
  itKeepsThePromisesOfAnExample(program, { isSlow: true });

  it('runs a robot in a workflow of its own, in a worker with the plugin', async () => {
    const flow = {
      id: '5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4e09',
      name: 'Pay invoice',
      duration: '1s',
      result: { Paid: 'P-1' },
    };
    const emulator = await startEmulator({ flows: { flows: [flow] } });
    try {
      const input = JSON.stringify({ flowId: flow.id, connectionName: 'invoices', runMode: 'unattended' });
      const variables = { ...emulator.environment, TEMPORAL_ADDRESS: setUp('TEST_TEMPORAL_ADDRESS') };
      const told = await runExample(await program(), ['own', input], variables);
      expect(told).toEqual({ code: 0, events: [{ event: 'succeeded', outputs: { Paid: 'P-1' } }] });
      expect(emulator.seen.sessions).toMatchObject([{ status: 'Succeeded' }]);
    } finally {
      await emulator.close();
    }
  });
});
