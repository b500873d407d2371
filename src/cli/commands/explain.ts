/** HOST: `desktop-flow explain`: why a robot ended as it did. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Command } from 'commander';
import { messageOf } from '../../common/message-of';
import type { LicenseCheck } from '../../common/result';
import { isGuid } from '../../common/schema/guid';
import { DataverseError } from '../../dataverse';
import { explainRun } from '../../explain/explain-run';
import { explanationText } from '../../explain/text';
import type { DesktopFlowRun } from '../../service/desktop-flow-run';
import { DesktopFlows } from '../../service/desktop-flows';
import { openDataverse, withTemporal } from '../support/clients';
import { CommandError, UsageError } from '../support/errors';
import { EXIT } from '../support/exit-codes';

const NOTES = `
It reads the run, its log, its machine and its flow from Dataverse, by the worker's POWER_AUTOMATE_ORGANIZATION_URI and
credentials; with a workflow id it asks Temporal for the run, by TEMPORAL_ADDRESS and its siblings. That there is no log is a
normal answer, which says why.

Exit codes: 0 explained; 1 the run cannot be read, or no robot was started; 2 wrong command line or configuration, or no such
workflow; 3 Temporal or Dataverse cannot be reached.`;

interface Options {
  flowSession?: string;
  json?: boolean;
}

/** What is asked about. */
interface Asked {
  flowSessionId: string;
  licenseCheck?: LicenseCheck;
}

export function configure(command: Command): void {
  command
    .description(
      'Tells why a robot ended as it did, as far as Dataverse tells: which action failed, where, with what text.',
    )
    .argument('[workflow-id]', 'the run, by its workflow RunDesktopFlow: its last robot is explained')
    .option('--flow-session <id>', 'the robot, by its flow session; asks Dataverse alone')
    .option('--json', 'as JSON, as the activity explainFlowRun answers it')
    .addHelpText('after', NOTES)
    .action(run);
}

async function run(workflowId: string | undefined, { flowSession, json }: Options): Promise<void> {
  const asked = await whichRun(workflowId, flowSession);
  const { flowSessionId, licenseCheck } = asked;
  const explanation = await explainRun(openDataverse(), flowSessionId, { licenseCheck }).catch(outOfReach);
  process.stdout.write(json ? `${JSON.stringify(explanation, null, 2)}\n` : explanationText(explanation));
  if (explanation.status === undefined) process.exitCode = EXIT.endedBadly;
}

function outOfReach(error: unknown): never {
  throw error instanceof DataverseError ? new CommandError(messageOf(error), EXIT.outOfReach) : error;
}

async function whichRun(workflowId: string | undefined, flowSession: string | undefined): Promise<Asked> {
  if ((workflowId === undefined) === (flowSession === undefined)) {
    throw new UsageError('give either a workflow id or --flow-session');
  }
  if (flowSession === undefined) return robotOf(workflowId ?? '');
  if (!isGuid(flowSession)) throw new UsageError('--flow-session must be a GUID');
  return { flowSessionId: flowSession };
}

/** The last robot of a run that is over, or the one that is at work. */
function robotOf(workflowId: string): Promise<Asked> {
  return withTemporal(async ({ client, taskQueue }) => {
    const run = new DesktopFlows(client, { taskQueue }).get(workflowId);
    const { status } = await client.workflow
      .getHandle(workflowId)
      .describe()
      .catch((error: unknown) => {
        throw error instanceof WorkflowNotFoundError
          ? new UsageError(`there is no workflow ${workflowId}`)
          : error;
      });
    const known = status.name === 'RUNNING' ? undefined : await knownAfter(run);
    const flowSessionId = known?.flowSessionId ?? (await run.view()).flowSessionId;
    if (flowSessionId === null) {
      throw new CommandError(
        `the run ${workflowId} has started no robot${known?.why ?? ''}`,
        EXIT.endedBadly,
      );
    }
    return { flowSessionId, licenseCheck: known?.licenseCheck };
  });
}

interface Known extends Partial<Asked> {
  why?: string;
}

async function knownAfter(run: DesktopFlowRun): Promise<Known> {
  const outcome = await run.result();
  if (outcome.kind === 'succeeded') return outcome.result;
  if (outcome.kind !== 'failed') return {};
  const { flowSessionId, licenseCheck } = outcome.details;
  return { flowSessionId, licenseCheck, why: `: ${outcome.message}` };
}
