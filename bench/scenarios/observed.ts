/**
 * HOST, development only: what it costs that somebody looks, or must not see: runs a second with metrics that are scraped, with
 * traces that are sent, and with encrypted payloads, beside a worker without any. In turn, round after round, as in `throughput`.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@temporalio/client';
import { RUN_DESKTOP_FLOW } from '../../src/common/messages';
import { readDataConverter } from '../../src/temporal/data-converter';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import { robotFlow, robotInput } from '../harness/robots';
import { NAMESPACE, type Stage, startStage, TASK_QUEUE } from '../harness/stage';
import { median, sum } from '../harness/statistics';
import { MODES, pollOf } from '../modes';
import { goal, type Outcome, type Scenario } from '../scenario';
import { ROOMY_NOTE } from './lines';
import { closedLoop, type Load, medianOf, type Round, ratiosOf, type Variant } from './throughput';

const GOAL = 0.9;
const ROBOT_MS = 1_000;
const EVERY_MS = 1_000;

/** Many short windows: what else happens on the machine changes from minute to minute, and each round compares its own. */
const ROUNDS = 8;
const LOAD: Load = { inFlight: 100, warmUpMs: 4_000, windowMs: 12_000 };
const QUICK: Load = { inFlight: 20, warmUpMs: 2_000, windowMs: 4_000 };

/** As Prometheus is often set to. */
const SCRAPED_EVERY_MS = 5_000;

const NAMES = ['plain', 'metrics', 'traces', 'encryption'] as const;
type Name = (typeof NAMES)[number];

const TITLES: Record<Name, string> = {
  plain: 'no metrics, no traces, payloads in clear text',
  metrics: `metrics, scraped every ${SCRAPED_EVERY_MS / 1000} s`,
  traces: 'traces of every run, sent to a collector that takes all',
  encryption: 'payloads and failures encrypted, by the caller too',
};

function variantOf(name: Name): Variant<Name> {
  return {
    name,
    title: TITLES[name],
    type: RUN_DESKTOP_FLOW,
    taskQueue: name === 'plain' ? TASK_QUEUE : name,
    argument: (number) => robotInput(number, pollOf(MODES.shared, { everyMs: EVERY_MS })),
    hasRobot: true,
  };
}

export const observed: Scenario = {
  name: 'observed',
  title: 'runs a second with metrics, with traces and with encryption, beside a worker without any',
  async run({ isQuick, progress }): Promise<Outcome> {
    const load = isQuick ? QUICK : LOAD;
    const collector = await startCollector();
    const metricsPort = await freePort();
    const keys = { PAYLOAD_ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}` };
    const stage = await startStage({
      others: {
        metrics: { METRICS_PORT: String(metricsPort) },
        traces: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint },
        encryption: keys,
      },
    });
    const scraper = setInterval(() => {
      fetch(`http://127.0.0.1:${metricsPort}/metrics`)
        .then((page) => page.text())
        .catch(() => undefined);
    }, SCRAPED_EVERY_MS);
    const encrypting: Stage = {
      ...stage,
      client: new Client({
        connection: stage.client.connection,
        namespace: NAMESPACE,
        dataConverter: readDataConverter(keys),
      }),
    };
    const stageOf = (name: Name) => (name === 'encryption' ? encrypting : stage);
    const rounds: Round<Name>[] = [];
    try {
      await stage.emulator.addFlow(robotFlow(ROBOT_MS));
      for (let round = 0; round < (isQuick ? 1 : ROUNDS); round++) {
        // Each has each place as often: the server grows slower with all that it keeps.
        for (const place of NAMES.keys()) {
          const name = NAMES[(place + round) % NAMES.length] as Name;
          progress(`round ${round + 1}, ${name}`);
          rounds.push(await Promise.race([closedLoop(stageOf(name), variantOf(name), load), stage.broken]));
        }
      }
    } finally {
      clearInterval(scraper);
      await stage.close();
      collector.close();
    }
    return report(rounds, load.inFlight, collector.requests());
  },
};

interface Collector {
  endpoint: string;
  requests(): number;
  close(): void;
}

async function startCollector(): Promise<Collector> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume().once('end', () => response.writeHead(200).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    close: () => void server.close(),
  };
}

function report(rounds: readonly Round<Name>[], inFlight: number, batches: number): Outcome {
  const of = (name: Name) => rounds.filter(({ variant }) => variant === name);
  const ratio = (name: Name) => median(ratiosOf(rounds, name, 'plain'));
  const workerOf = (name: Name) => (name === 'plain' ? 'worker' : name);
  const lines = NAMES.map((name) => {
    const own = of(name);
    const runs = sum(own.map((round) => round.runs));
    const cpu = sum(own.map(({ cpuSeconds }) => cpuSeconds[workerOf(name)] ?? 0));
    const all = sum(own.flatMap(({ cpuSeconds }) => Object.values(cpuSeconds)));
    return {
      worker: `${name}: ${TITLES[name]}`,
      'runs/s, median': medianOf(rounds, name),
      'beside plain, of each round': ratiosOf(rounds, name, 'plain')
        .map((one) => one.toFixed(2))
        .join(' '),
      median: ratio(name),
      'cpu ms/run of the worker': (cpu * 1000) / runs,
      'of all': (all * 1000) / runs,
    };
  });
  const wrong = rounds.flatMap((round) => round.wrong ?? []);
  return {
    lines,
    goals: [
      ...(['metrics', 'traces', 'encryption'] as const).map((name) =>
        goal(`${name}: at least ${GOAL} of the runs a second without`, ratio(name), ratio(name) >= GOAL),
      ),
      goal('traces have come to the collector', `${batches} batches`, batches > 0),
      goal('every result is right', wrong[0] ?? 'all of them', wrong.length === 0),
    ],
    notes: [
      `${inFlight} runs at once, each variant on a worker process of its own, in turn; callers do not trace, so each run has a trace of its own.`,
      ROOMY_NOTE,
    ],
    data: rounds,
  };
}
