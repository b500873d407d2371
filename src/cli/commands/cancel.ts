/** HOST: `desktop-flow cancel`: stops the robot of a run, and waits until it has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { DesktopFlows } from '../../service/desktop-flows';
import { attemptOf, directly, exitCodeOfRobot } from '../runs/direct';
import { follow } from '../runs/follow';
import { describeRun } from '../runs/given-run';
import { printJson, reportEnd } from '../runs/report';
import { addRunArgument, flowSessionIn, type RunArgumentOptions } from '../runs/run-argument';
import { withTemporal } from '../support/clients';
import { CommandError } from '../support/errors';
import { EXIT } from '../support/exit-codes';
import { createProgress } from '../support/progress';

const NOTES = `
It waits until the robot has ended, unless --detach says otherwise. Ctrl-C ends the wait; the robot is stopped all the same.

Exit codes: 0 the robot was stopped, or with --detach its stop was asked for; 1 it ended in another way, or had ended before;
2 there is no such run; 3 Temporal or Dataverse cannot be reached; 5 nobody knows yet how it ends.`;

interface Options extends RunArgumentOptions {
  detach?: boolean;
}

export function configure(command: Command): void {
  addRunArgument(command.description('Stops the robot of a run.'))
    .option('--detach', 'do not wait for the end of the robot')
    .addHelpText('after', NOTES)
    .action((id: string, options: Options) =>
      options.direct ? cancelRobot(flowSessionIn(id), options) : cancelRun(id, options),
    );
}

async function cancelRun(workflowId: string, { json, detach }: Options): Promise<void> {
  await withTemporal(async (temporal) => {
    const { status } = await describeRun(temporal, workflowId);
    if (status.name !== 'RUNNING') throw hasEnded(workflowId);
    const run = new DesktopFlows(temporal.client).get(workflowId);
    await run.cancel();
    if (detach) {
      console.error(`The run ${workflowId} was asked to stop its robot.`);
      return;
    }
    const progress = createProgress();
    const followed = await follow(Promise.resolve(run), { temporal, progress, onInterrupt: 'leave' });
    const end = followed.kind === 'left' ? { ...followed, isStopping: true } : followed;
    const exitCode = reportEnd(end, { workflowId, json });
    process.exitCode = followed.kind === 'cancelled' ? EXIT.succeeded : exitCode || EXIT.endedBadly;
  });
}

const ASKED_EVERY_MS = 1_000;

/** As long as a run waits for the end of a robot that it has asked to stop. */
const PATIENCE_MS = 5 * 60_000;

async function cancelRobot(flowSessionId: string, { json, detach }: Options): Promise<void> {
  await directly(async (client) => {
    const before = await client.getFlowSession(flowSessionId);
    if (exitCodeOfRobot(before.statusCode) !== undefined) throw hasEnded(flowSessionId);
    await client.cancelDesktopFlowRun(flowSessionId);
    const until = Date.now() + (detach ? 0 : PATIENCE_MS);
    let session = await client.getFlowSession(flowSessionId);
    while (exitCodeOfRobot(session.statusCode) === undefined && Date.now() < until) {
      await sleep(ASKED_EVERY_MS);
      session = await client.getFlowSession(flowSessionId);
    }
    if (json) printJson(attemptOf(session));
    console.error(`The robot ${flowSessionId} is ${attemptOf(session).status}.`);
    const ended = exitCodeOfRobot(session.statusCode);
    if (ended === undefined) process.exitCode = detach ? EXIT.succeeded : EXIT.outcomeUnknown;
    else process.exitCode = ended === EXIT.cancelled ? EXIT.succeeded : EXIT.endedBadly;
  });
}

function hasEnded(id: string): CommandError {
  return new CommandError(`${id} has ended already: there is nothing to stop`, EXIT.endedBadly);
}
