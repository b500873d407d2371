/** HOST, development only: what a waiting run holds of its worker's memory. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RUN_DESKTOP_FLOW } from '../../src/common/messages';
import { startRuns } from '../harness/drive';
import { memory } from '../harness/process';
import { robotFlow, robotInput } from '../harness/robots';
import { type Stage, startStage } from '../harness/stage';
import { until } from '../harness/wait';
import { MODES, pollOf } from '../modes';
import { goal, type Line, type Outcome, type Scenario } from '../scenario';
import { ROOMY_NOTE } from './lines';

const GOAL_MIB = 512;
const HOUR_MS = 3_600_000;
/** Some looks long: what is only needed to start is collected by then. */
const SETTLING_MS = 15_000;

export const memoryOfWaiting: Scenario = {
  name: 'memory',
  title: '5,000 runs that wait on one worker: its memory stays below 512 MiB',
  async run({ isQuick, progress }): Promise<Outcome> {
    const step = isQuick ? 20 : 1_000;
    const steps = isQuick ? 2 : 5;
    const stage = await startStage({ callbacks: MODES.shared.callbacks });
    try {
      await stage.emulator.addFlow(robotFlow(HOUR_MS));
      const worker = stage.pids.worker as number;
      let before = memory(worker).rss;
      const lines: Line[] = [{ waiting: 0, 'rss MiB': before }];
      for (let index = 0; index < steps; index++) {
        const waiting = step * (index + 1);
        const inputs = Array.from({ length: step }, (_, number) =>
          robotInput(step * index + number, pollOf(MODES.shared)),
        );
        await startRuns(stage, inputs, step * index);
        await Promise.race([untilWaiting(stage, waiting, progress), stage.broken]);
        await sleep(isQuick ? 1_000 : SETTLING_MS);
        const { rss, peak } = memory(worker);
        lines.push({
          waiting,
          'rss MiB': rss,
          'peak MiB': peak,
          // The first thousand brings what the worker needs once.
          'more for 1,000': ((rss - before) * 1_000) / step,
        });
        before = rss;
      }
      const { peak } = memory(worker);
      return {
        lines,
        goals: [
          goal(
            `${step * steps} waiting runs within ${GOAL_MIB} MiB, peak included`,
            `${Math.round(peak)} MiB`,
            peak <= GOAL_MIB,
          ),
        ],
        notes: [
          `Robots of an hour, looked at every ${MODES.shared.poll.initialInterval / 1000} s; ended with the emulator.`,
          ROOMY_NOTE,
        ],
        data: lines,
      };
    } finally {
      await stage.close();
    }
  },
};

async function untilWaiting(
  { client, emulator }: Stage,
  runs: number,
  progress: (text: string) => void,
): Promise<void> {
  const robotsWork = async () => {
    const { Running = 0 } = (await emulator.counts()).sessions;
    progress(`${Running} of ${runs} wait`);
    const { count } = await client.workflow.count(
      `WorkflowType = '${RUN_DESKTOP_FLOW}' AND ExecutionStatus NOT IN ('Running', 'ContinuedAsNew')`,
    );
    if (count > 0) throw new Error(`${count} runs ended that were to wait`);
    return Running >= runs;
  };
  await until(robotsWork, { everyMs: 1_000, withinMs: 600_000, what: `${runs} robots work` });
}
