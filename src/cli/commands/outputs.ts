/** HOST: `desktop-flow outputs`: what the robot of a run has returned. */
import type { Command } from 'commander';
import { isPlainObject } from '../../common/schema/parse';
import { DesktopFlows } from '../../service/desktop-flows';
import { directly, exitCodeOfRobot } from '../runs/direct';
import { describeRun } from '../runs/given-run';
import { printJson, printOutputs, reportEnd } from '../runs/report';
import { addRunArgument, flowSessionIn, type RunArgumentOptions } from '../runs/run-argument';
import { withTemporal } from '../support/clients';
import { CommandError } from '../support/errors';
import { EXIT } from '../support/exit-codes';

const NOTES = `
One line an output; with --json the outputs as one JSON object, null where the robot left none. It does not wait.

Exit codes: 0 printed; 1 the robot ended badly, or is still at work; 2 there is no such run; 3 Temporal or Dataverse cannot
be reached; 4 cancelled; 5 the outcome is not known.`;

export function configure(command: Command): void {
  addRunArgument(command.description('Prints the outputs of a run that succeeded.'))
    .addHelpText('after', NOTES)
    .action((id: string, options: RunArgumentOptions) =>
      options.direct ? ofRobot(flowSessionIn(id), options) : ofRun(id, options),
    );
}

type Outputs = Record<string, unknown> | null;

function print(outputs: Outputs, { json }: RunArgumentOptions): void {
  if (json) printJson(outputs);
  else printOutputs(outputs);
}

async function ofRun(workflowId: string, options: RunArgumentOptions): Promise<void> {
  await withTemporal(async (temporal) => {
    const { status } = await describeRun(temporal, workflowId);
    if (status.name === 'RUNNING') {
      throw new CommandError(
        `${workflowId} is still under way. Wait for it by desktop-flow watch ${workflowId}`,
        EXIT.endedBadly,
      );
    }
    const outcome = await new DesktopFlows(temporal.client).get(workflowId).result();
    if (outcome.kind === 'succeeded') print(outcome.result.outputs, options);
    else process.exitCode = reportEnd(outcome, { workflowId });
  });
}

async function ofRobot(flowSessionId: string, options: RunArgumentOptions): Promise<void> {
  await directly(async (client) => {
    const { statusCode } = await client.getFlowSession(flowSessionId);
    const exitCode = exitCodeOfRobot(statusCode);
    if (exitCode === undefined) {
      throw new CommandError(`the robot ${flowSessionId} is still at work`, EXIT.endedBadly);
    }
    print(parsed(await client.getOutputs(flowSessionId)), options);
    process.exitCode = exitCode;
  });
}

function parsed(text: string | null): Outputs {
  if (text === null || text.trim() === '') return null;
  try {
    const outputs: unknown = JSON.parse(text);
    if (outputs === null || isPlainObject(outputs)) return outputs;
  } catch {
    // The parser's own message quotes the text.
  }
  throw new CommandError('the outputs of the robot are not a JSON object', EXIT.endedBadly);
}
