/**
 * The alerts in a Prometheus that runs and scrapes a worker with a real load: `npm run test:alerts`. Their times are
 * minutes; here each minute is made a second or less, and nothing else of the rules is changed.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import type { Fault } from '../../src/testing/emulator/faults/faults';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import { eventually, setUp } from '../helpers/harness';
import { LONG } from '../helpers/long-tests';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';
import { hasProgram, type Prometheus, startPrometheus } from './prometheus';

const MONITORING = path.join(__dirname, '..', '..', 'deploy', 'monitoring');
const FLOW = { id: randomUUID(), name: 'Watched', duration: '200ms' };
const WINDOW_S = 20;
const FOR_S = 6;
const taskQueue = `alerts-${randomUUID()}`;

let emulator: Emulator;
let worker: WorkerProcess;
let connection: Connection;
let prometheus: Prometheus;
let isOver = false;
let load: Promise<unknown>;
/** Every alert that has fired, in the order in which they did. */
const fired: string[] = [];

function shortened(rules: string): string {
  return rules
    .replaceAll(/\[\d+m\]/g, `[${WINDOW_S}s]`)
    .replaceAll(/offset \d+m/g, `offset ${WINDOW_S}s`)
    .replaceAll(/for: \d+m/g, `for: ${FOR_S}s`);
}

/** A few runs at once, one after the other. */
async function drive(client: Client): Promise<void> {
  const input = {
    flowId: FLOW.id,
    connectionName: 'watched',
    runMode: 'unattended',
    retry: { maximumAttempts: 1 },
  };
  while (!isOver) {
    const started = { args: [input], taskQueue, workflowId: randomUUID() };
    await client.workflow.execute('RunDesktopFlow', started).catch(() => undefined);
  }
}

const canRun = LONG && hasProgram('prometheus');

(canRun ? describe : describe.skip)('in a running Prometheus', () => {
  beforeAll(async () => {
    emulator = await startEmulator({
      flows: { flows: [FLOW] },
      limits: { startsPerMinute: 100_000 },
      tokenLifetimeSeconds: 5,
    });
    connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
    const port = await freePort();
    worker = await startWorker({
      ...emulator.environment,
      TEMPORAL_TASK_QUEUE: taskQueue,
      POWER_AUTOMATE_STARTS_PER_MINUTE: 'off',
      METRICS_PORT: String(port),
    });
    const rules = shortened(readFileSync(path.join(MONITORING, 'alerts.yml'), 'utf8'));
    prometheus = await startPrometheus({ port, rules });
    const client = new Client({ connection });
    load = Promise.all(Array.from({ length: 6 }, () => drive(client)));
  }, 120_000);

  afterAll(async () => {
    isOver = true;
    await prometheus?.close();
    await worker?.end('SIGKILL');
    await connection?.close();
    await emulator?.close();
    await load?.catch(() => undefined);
  });

  async function firing(): Promise<string[]> {
    const names = await prometheus.firing();
    for (const name of names) if (!fired.includes(name)) fired.push(name);
    return names;
  }

  /** Looks at Prometheus all the while. */
  async function staysQuiet(forMs: number): Promise<void> {
    const until = Date.now() + forMs;
    await eventually(async () => {
      expect(await firing()).toEqual([]);
      return Date.now() >= until;
    }, forMs + 10_000);
  }

  async function fires(alert: string, fault: Fault): Promise<void> {
    const before = [...fired];
    emulator.inject(fault);
    await eventually(async () => (await firing()).includes(alert), 90_000);
    expect(fired).toEqual([...before, alert]);
    emulator.clearFaults();
    await eventually(async () => (await firing()).length === 0, 90_000);
  }

  it('no alert fires while all is well, under load', async () => {
    await eventually(async () => {
      const [robots] = await prometheus.query('sum(power_automate_robots_ended_total)');
      return Number(robots?.value[1] ?? 0) > 20;
    }, 60_000);
    // Prometheus takes some seconds to find what it is to scrape, and until then nobody is there.
    await eventually(async () => (await prometheus.firing()).length === 0, 30_000);
    await staysQuiet((WINDOW_S + FOR_S) * 1000);
  }, 120_000);

  it('three fire once there is a reason, each alone, and are over when it is', async () => {
    await fires('PowerAutomateRobotsFail', { on: 'run', kind: 'ends', status: 'Faulted', times: 'always' });
    await fires('PowerAutomateTokenFails', {
      on: 'token',
      kind: 'tokenError',
      situation: 'expiredSecret',
      times: 'always',
    });
    await fires('PowerAutomateThrottled', {
      on: 'query',
      kind: 'throttle',
      retryAfterSeconds: 1,
      times: 'always',
    });
  }, 400_000);

  it('every query of the dashboard is answered, and those about what has happened have values', async () => {
    const { panels } = JSON.parse(readFileSync(path.join(MONITORING, 'dashboard.json'), 'utf8'));
    const queries: string[] = panels.flatMap(({ targets = [] }: { targets?: { expr: string }[] }) =>
      targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '1m')),
    );
    expect(queries.length).toBeGreaterThan(20);
    const silent: string[] = [];
    for (const query of queries) if ((await prometheus.query(query)).length === 0) silent.push(query);
    // No answer was lost, no robot retried or started twice, no start put off, and there is no receiver of callbacks;
    // whether a request had to be held back is a matter of moments.
    const expected = /answers_lost|doubts_settled|retries|duplicates|starts_put_off|callbacks|held_back/;
    expect(silent.filter((query) => !expected.test(query))).toEqual([]);
  });

  it('one fires when the worker is killed', async () => {
    await worker.end('SIGKILL');
    await eventually(async () => (await firing()).includes('PowerAutomateWorkerDown'), 60_000);
    expect(fired.at(-1)).toBe('PowerAutomateWorkerDown');
  }, 90_000);
});
