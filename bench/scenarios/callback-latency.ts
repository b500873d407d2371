/** HOST, development only: how soon a run knows that its robot has ended, where callbacks are received. */

import { startRuns, untilEnded } from '../harness/drive';
import { begin, conclude } from '../harness/measure';
import { robotFlow, robotInput } from '../harness/robots';
import { startStage } from '../harness/stage';
import { MODES, pollOf } from '../modes';
import { goal, type Outcome, type Scenario } from '../scenario';
import { cellLine, ROOMY_NOTE, soundness } from './lines';

const GOAL_MS = 250;
const ROBOT_S = 1;

export const callbackLatency: Scenario = {
  name: 'callback-latency',
  title: `one robot at a time: its result is there within ${GOAL_MS} ms of its end (p50), by callback`,
  async run({ isQuick, progress }): Promise<Outcome> {
    const robots = isQuick ? 5 : 30;
    const cell = { mode: MODES.callback, robots, seconds: ROBOT_S };
    const stage = await startStage({ callbacks: true });
    try {
      await stage.emulator.addFlow(robotFlow(ROBOT_S * 1000));
      const beginning = begin(stage);
      for (let number = 0; number < robots; number++) {
        progress(`robot ${number + 1} of ${robots}`);
        await startRuns(stage, [robotInput(number, pollOf(cell.mode))], number);
        await untilEnded(stage, number + 1, 90_000, () => undefined);
      }
      const measured = await conclude(stage, beginning, robots);
      const { p50 } = measured.delayMs;
      return {
        lines: [cellLine(cell, measured)],
        goals: [
          goal(
            `the result is there within ${GOAL_MS} ms of the robot's end (p50)`,
            `${Math.round(p50)} ms`,
            p50 <= GOAL_MS,
          ),
          ...soundness('one at a time', measured),
        ],
        notes: [ROOMY_NOTE],
        data: measured,
      };
    } finally {
      await stage.close();
    }
  },
};
