/** HOST, development only: starts on one connection by two workers, where Dataverse takes 70 a minute. */
import { startRuns, untilEnded } from '../harness/drive';
import { begin, conclude } from '../harness/measure';
import { robotFlow, robotInput } from '../harness/robots';
import { startStage } from '../harness/stage';
import { windowMaximum } from '../harness/statistics';
import { MODES, pollOf } from '../modes';
import { goal, type Outcome, type Scenario } from '../scenario';
import { soundness } from './lines';

const CONNECTION = 'one-connection';
const SESSIONS = 300;
/** Microsoft: 70 starts a minute and connection. */
const STARTS_A_MINUTE = 70;
const MINUTE_MS = 60_000;
const WITHIN_MS = 900_000;

export const starts: Scenario = {
  name: 'starts',
  title: '200 starts on one connection by two workers: 70 in any minute, none refused, high priority first',
  async run({ isQuick, progress }): Promise<Outcome> {
    const [normal, high] = isQuick ? [16, 4] : [160, 40];
    const runs = normal + high;
    const flows = {
      flows: [robotFlow(1_000)],
      machines: [{ name: 'one machine', connections: [CONNECTION], sessions: SESSIONS }],
    };
    const stage = await startStage({ isLimited: true, flows, workers: 2, callbacks: true });
    try {
      const inputs = Array.from({ length: runs }, (_, number) => ({
        ...robotInput(number, pollOf(MODES.callback)),
        connectionName: CONNECTION,
        runPriority: number < normal ? 'normal' : 'high',
      }));
      const beginning = begin(stage);
      await startRuns(stage, inputs);
      await untilEnded(stage, runs, WITHIN_MS, (ended) => progress(`${ended} of ${runs} have ended`));
      const measured = await conclude(stage, beginning, runs);
      const sessions = await stage.emulator.sessions();
      const startedAt = (priority: string) =>
        sessions.filter((session) => session.priority === priority).map(({ createdOn }) => createdOn);
      const most = windowMaximum([...startedAt('normal'), ...startedAt('high')], MINUTE_MS);
      const lastHigh = Math.max(...startedAt('high'));
      const before = startedAt('normal').filter((at) => at < lastHigh).length;
      const highFirst = goal(
        `the ${high} of high priority, asked for last, are started before most of the ${normal} normal ones`,
        `${before} normal ones before the last high one`,
        before < normal / 2,
      );
      return {
        lines: [
          {
            starts: sessions.length,
            'most in 60 s': most,
            refused: measured.throttled,
            'normal before the last high': before,
            'http/run': measured.requests,
            'actions/run': measured.actions,
            'all s': measured.seconds,
          },
        ],
        goals: [
          goal(`at most ${STARTS_A_MINUTE} starts within any 60 s`, most, most <= STARTS_A_MINUTE),
          // Few starts are all made at once: there is no order to see.
          ...(isQuick ? [] : [highFirst]),
          ...soundness('starts', measured),
        ],
        notes: [
          "The emulator has Microsoft's limits here: 70 starts a minute and connection, 6,000 requests in 5 minutes.",
        ],
        data: { ...measured, most, before },
      };
    } finally {
      await stage.close();
    }
  },
};
