/** HOST, development only: how soon robots start that are asked for at once, of one to ten connections, by one to three workers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RUN_DESKTOP_FLOW } from '../../src/common/messages';
import { untilEnded } from '../harness/drive';
import { begin, conclude, type Measurement } from '../harness/measure';
import { robotFlow, robotInput } from '../harness/robots';
import { type Stage, startStage, TASK_QUEUE } from '../harness/stage';
import { percentile, windowMaximum } from '../harness/statistics';
import { mapLimited } from '../harness/wait';
import { MODES, pollOf } from '../modes';
import { type Context, type Goal, goal, type Line, type Outcome, type Scenario } from '../scenario';

const SIZES = [1, 5, 20, 60, 200];
const CONNECTIONS = [1, 10];
const WORKERS = [1, 3];
const STARTS_AT_ONCE = 50;
const SESSIONS = 300;

/** Microsoft: 70 starts a minute and connection. */
const STARTS_A_MINUTE = 70;
const MINUTE_MS = 60_000;
const WITHIN_MS = 900_000;

/** Of a connection, which are to start at once. */
const FIRST = 60;
const FIRST_WITHIN_MS = 3_000;

/** Workers that have just come hold starts back for five seconds, unless they are alone. */
const WORKERS_SETTLE_MS = 6_000;

interface Cell {
  robots: number;
  connections: number;
  workers: number;
}

const labelOf = ({ robots, connections, workers }: Cell) => `${robots}, ${connections}, ${workers}`;

export const bursts: Scenario = {
  name: 'bursts',
  title:
    '1 to 200 robots asked for at once, on 1 and 10 connections, by 1 and 3 workers: how soon they start',
  async run({ isQuick, progress }: Context): Promise<Outcome> {
    const sizes = isQuick ? [1, 5] : SIZES;
    const all = WORKERS.flatMap((workers) =>
      CONNECTIONS.flatMap((connections) => sizes.map((robots): Cell => ({ robots, connections, workers }))),
    );
    const lines: Line[] = [];
    const goals: Goal[] = [];
    const data: unknown[] = [];
    for (const cell of all) {
      const burst = await measureBurst(cell, (text) => progress(`${labelOf(cell)}: ${text}`));
      lines.push(burst.line);
      goals.push(...burst.goals);
      data.push({ ...cell, ...burst.measured });
    }
    return {
      lines,
      goals,
      notes: [
        "The emulator has Microsoft's limits here. A start waits from the moment when its run was asked for until Dataverse has the robot.",
        'The workers have polled for six seconds before.',
      ],
      data: { lines, cells: data },
    };
  },
};

async function measureBurst(
  cell: Cell,
  progress: (text: string) => void,
): Promise<{ line: Line; goals: Goal[]; measured: Measurement }> {
  const { robots, connections, workers } = cell;
  const names = Array.from({ length: connections }, (_, number) => `connection-${number}`);
  const machines = [{ name: 'one machine', connections: names, sessions: SESSIONS }];
  const flows = { flows: [robotFlow(1_000)], machines };
  const stage = await startStage({ isLimited: true, flows, workers, callbacks: true });
  try {
    await sleep(WORKERS_SETTLE_MS);
    const beginning = begin(stage);
    const asked = await ask(stage, cell, names);
    await untilEnded(stage, robots, WITHIN_MS, (ended) => progress(`${ended} have ended`));
    const measured = await conclude(stage, beginning, robots);
    const sessions = await stage.emulator.sessions();
    const waits: number[] = [];
    const firstWaits: number[] = [];
    let most = 0;
    for (const name of names) {
      const started = sessions
        .filter(({ connection }) => connection === name)
        .map(({ createdOn }) => createdOn);
      const ofConnection = started
        .sort((one, other) => one - other)
        .map((at, index) => at - (asked.get(name)?.[index] ?? Number.NaN));
      waits.push(...ofConnection);
      firstWaits.push(...ofConnection.slice(0, FIRST));
      most = Math.max(most, windowMaximum(started, MINUTE_MS));
    }
    const label = `${robots} on ${connections} by ${workers}`;
    const slowest = Math.max(...firstWaits);
    return {
      measured,
      line: {
        robots,
        connections,
        workers,
        'wait p50 s': percentile(waits, 0.5) / 1000,
        [`last of the first ${FIRST} s`]: slowest / 1000,
        'last s': Math.max(...waits) / 1000,
        'most in 60 s': most,
        'http 429': measured.throttled,
        'actions/run': measured.actions,
        'http/run': measured.requests,
      },
      goals: [
        goal(
          `${label}: the first ${FIRST} of a connection start within 3 s`,
          `${(slowest / 1000).toFixed(1)} s`,
          slowest <= FIRST_WITHIN_MS,
        ),
        goal(
          `${label}: at most ${STARTS_A_MINUTE} starts of a connection within 60 s`,
          most,
          most <= STARTS_A_MINUTE,
        ),
        goal(
          `${label}: none is lost, started twice or refused`,
          `${sessions.length} robots, ${measured.right} right, ${measured.throttled} refused`,
          sessions.length === robots && measured.right === robots && measured.throttled === 0,
        ),
      ],
    };
  } finally {
    await stage.close();
  }
}

/** Returns when the runs of each connection were asked for, in this order. */
async function ask(
  { client }: Stage,
  { robots }: Cell,
  names: readonly string[],
): Promise<Map<string, number[]>> {
  const asked = new Map<string, number[]>(names.map((name) => [name, []]));
  await mapLimited(
    Array.from({ length: robots }, (_, number) => number),
    STARTS_AT_ONCE,
    (number) => {
      const connectionName = names[number % names.length] as string;
      asked.get(connectionName)?.push(Date.now());
      return client.workflow.start(RUN_DESKTOP_FLOW, {
        args: [{ ...robotInput(number, pollOf(MODES.callback)), connectionName }],
        taskQueue: TASK_QUEUE,
        workflowId: `run-${number}`,
      });
    },
  );
  return asked;
}
