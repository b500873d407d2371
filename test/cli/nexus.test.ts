/** The endpoint as an operator makes it, on the real server. */
import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { describeEndpoint } from '../../src/nexus/endpoint';
import { runProgram } from '../helpers/built-process';
import { setUp } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

const nexus = (args: string[], environment: Record<string, string> = {}) =>
  runProgram(
    { file: 'cli/main.js', args: ['nexus', ...args] },
    { TEMPORAL_ADDRESS: setUp('TEST_TEMPORAL_ADDRESS'), ...environment },
  );

describe('desktop-flow nexus', () => {
  it('creates the endpoint, then finds it there, then has it point elsewhere', async () => {
    const name = `cli-${randomUUID()}`;
    const first = await nexus(['--endpoint', name]);
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toContain(
      `${name} was created, for task queue power-automate of the namespace default.`,
    );
    expect(first.stdout).toContain(
      `createNexusServiceClient({ endpoint: '${name}', service: desktopFlowsService })`,
    );
    const second = await nexus(['--endpoint', name]);
    expect([second.code, second.stderr]).toEqual([0, '']);
    expect(second.stdout).toContain(`${name} is there already, for task queue power-automate`);
    const third = await nexus(['--endpoint', name], { TEMPORAL_TASK_QUEUE: 'robots' });
    expect([third.code, third.stderr]).toEqual([0, '']);
    expect(third.stdout).toContain(`${name} was updated: now for task queue robots`);
    const connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
    const endpoint = await describeEndpoint(connection.operatorService, name);
    await connection.close();
    expect(endpoint?.spec?.target?.worker).toMatchObject({ namespace: 'default', taskQueue: 'robots' });
  }, 60_000);

  it.each([
    [[], "required option '--endpoint <name>' not specified"],
    [['--endpoint', 'power automate'], '--endpoint must be letters, digits and -'],
    [['--endpoint', 'robots', '--queue', 'robots'], "unknown option '--queue'"],
  ])('%j is an error of its user: exit code 2', async (args, problem) => {
    const { code, stdout, stderr } = await nexus(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(problem);
  });

  it('ends with 1 where Temporal refuses the endpoint, and says why', async () => {
    const { code, stderr } = await nexus(['--endpoint', `cli-${randomUUID()}`, '--namespace', 'nowhere']);
    expect(code).toBe(1);
    expect(stderr).toContain('nowhere');
  });

  itTakesLong(
    'ends with 3 where Temporal cannot be reached, and says what to check',
    async () => {
      const { code, stderr } = await nexus(['--endpoint', 'robots'], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
      expect(code).toBe(3);
      expect(stderr).toMatch(/no connection to Temporal at 127\.0\.0\.1:1\. Check TEMPORAL_ADDRESS/);
    },
    30_000,
  );
});
