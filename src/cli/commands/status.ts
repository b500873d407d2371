/** HOST: `desktop-flow status`: what a run does, or how it ended. */
import type { Command } from 'commander';
import { DesktopFlows } from '../../service/desktop-flows';
import type { DesktopFlowOutcome } from '../../service/outcome';
import { attemptOf, directly } from '../runs/direct';
import { describeRun, viewOf } from '../runs/given-run';
import { printJson } from '../runs/report';
import { addRunArgument, flowSessionIn, type RunArgumentOptions } from '../runs/run-argument';
import { runInWords } from '../runs/run-words';
import { withTemporal } from '../support/clients';

const NOTES = `
Exit codes: 0 it is told, whatever it is; 2 there is no such run; 3 Temporal or Dataverse cannot be reached.`;

export function configure(command: Command): void {
  addRunArgument(command.description('Tells what a run does, or how it ended.'))
    .addHelpText('after', NOTES)
    .action((id: string, options: RunArgumentOptions) =>
      options.direct ? tellRobot(flowSessionIn(id), options) : tellRun(id, options),
    );
}

async function tellRun(workflowId: string, { json }: RunArgumentOptions): Promise<void> {
  await withTemporal(async (temporal) => {
    const { status, startTime, closeTime, runId } = await describeRun(temporal, workflowId);
    const run = new DesktopFlows(temporal.client).get(workflowId);
    // Without a worker the server answers that of a run that is under way, and says so.
    const view = status.name === 'RUNNING' ? await viewOf(run, temporal, PATIENCE_MS) : undefined;
    const outcome = status.name === 'RUNNING' ? undefined : await run.result();
    if (json) {
      const times = { startTime: startTime.toISOString(), closeTime: closeTime?.toISOString() ?? null };
      printJson({
        workflowId,
        runId,
        status: status.name,
        ...times,
        ...(view && { view }),
        ...(outcome && { outcome }),
      });
      return;
    }
    const lines = [
      `${workflowId} is ${status.name}, started ${startTime.toISOString()}`,
      ...(closeTime ? [`  closed ${closeTime.toISOString()}`] : []),
      ...(view ? [`  ${runInWords(view)}`, ...robotLine(view.flowSessionId)] : []),
      ...(outcome ? outcomeLines(outcome) : []),
      ...(view || outcome ? [] : ['  what its robot does is not known: no worker answers']),
    ];
    console.log(lines.join('\n'));
  });
}

const PATIENCE_MS = 10_000;

function outcomeLines(outcome: DesktopFlowOutcome): string[] {
  switch (outcome.kind) {
    case 'succeeded':
      return [`  the robot succeeded`, ...robotLine(outcome.result.flowSessionId)];
    case 'failed':
      return [
        `  ${outcome.type}: ${outcome.message.replaceAll('\n', '\n  ')}`,
        ...robotLine(outcome.details.flowSessionId),
      ];
    case 'cancelled':
      return ['  it was cancelled'];
    default:
      return ['  it was ended from outside: its robot may still be working'];
  }
}

function robotLine(flowSessionId: string | null | undefined): string[] {
  return flowSessionId ? [`  flow session ${flowSessionId}`] : [];
}

async function tellRobot(flowSessionId: string, { json }: RunArgumentOptions): Promise<void> {
  const robot = attemptOf(await directly((client) => client.getFlowSession(flowSessionId)));
  if (json) {
    printJson(robot);
    return;
  }
  const why = [robot.errorCode, robot.errorMessage].filter(Boolean).join(': ');
  console.log(`${flowSessionId} is ${robot.status}${why && `. ${why}`}`);
}
