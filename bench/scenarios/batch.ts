/** HOST, development only: a batch of ten thousand, whose histories stay short. */
import { numberOf, untilEnded } from '../harness/drive';
import { readExecutions } from '../harness/histories';
import { judge } from '../harness/measure';
import { robotFlow, robotInput } from '../harness/robots';
import { startStage, TASK_QUEUE } from '../harness/stage';
import { MODES, pollOf } from '../modes';
import { goal, type Outcome, type Scenario } from '../scenario';
import type { BenchPagesInput } from '../worker/activities';
import { ROOMY_NOTE } from './lines';

const BATCH = 'RunDesktopFlows';
const WORKER = 'pages';
const WINDOW = 200;
const PAGE_SIZE = 500;
const EVENTS_GOAL = 10_000;
const WITHIN_MS = 1_800_000;

export const batch10000: Scenario = {
  name: 'batch-10000',
  title: '10,000 robots of 0 s in one batch, 200 at once: no history reaches 10,000 events',
  async run({ isQuick, progress }): Promise<Outcome> {
    const items = isQuick ? 50 : 10_000;
    const stage = await startStage({ callbacks: true, benchWorkers: [WORKER] });
    try {
      await stage.emulator.addFlow(robotFlow(0));
      const { connectionName, inputs, ...defaults } = robotInput(0, pollOf(MODES.callback));
      const input: BenchPagesInput = { items, pageSize: PAGE_SIZE };
      const pages = { activity: 'benchPages', taskQueue: WORKER, input };
      const startedAt = Date.now();
      const handle = await stage.client.workflow.start(BATCH, {
        args: [{ pages, defaults, maximumConcurrent: Math.min(WINDOW, items) }],
        taskQueue: TASK_QUEUE,
        workflowId: 'batch',
      });
      const ended = handle.result();
      // Also awaited below: where it fails early, its failure is what is told.
      ended.catch(() => undefined);
      const counted = untilEnded(stage, items, WITHIN_MS, (runs) =>
        progress(`${runs} of ${items} have ended`),
      );
      await Promise.race([counted, ended]);
      await ended;
      const seconds = (Date.now() - startedAt) / 1000;

      progress('reading the histories');
      const executions = await readExecutions(stage.client);
      const chain = executions.filter(({ type }) => type === BATCH);
      const longest = Math.max(...chain.map(({ events }) => events));
      const runs = executions.filter(({ workflowId }) => numberOf(workflowId) !== undefined);
      const { right, wrong } = judge(runs);
      const throttled = (await stage.emulator.counts()).refusals[429] ?? 0;
      const line = {
        items,
        right,
        'http 429': throttled,
        'batch executions': chain.length,
        'longest history': longest,
        'all s': seconds,
        'runs/s': items / seconds,
      };
      return {
        lines: [line],
        goals: [
          goal(
            `the largest history of the batch has fewer than ${EVENTS_GOAL} events`,
            longest,
            longest < EVENTS_GOAL,
          ),
          goal('every result is right', `${right} of ${items}${wrong ? `; ${wrong}` : ''}`, right === items),
          goal('no request is refused with 429', throttled, throttled === 0),
        ],
        notes: ['Callbacks wake the runs.', ROOMY_NOTE],
        data: line,
      };
    } finally {
      await stage.close();
    }
  },
};
