/** HOST: the inputs of a robot whose trigger does not carry them, see `TriggerFlowRunInput.inputsFrom`. */
import { getClient } from '@temporalio/activity';
import { type ParsedTriggerFlowRunInput, parsePartialInput } from '../../common/input';
import { readPayloads } from '../../temporal/payloads';
import { invalidInput } from '../support/dataverse-failures';
import { readFirstEvent } from '../support/first-event';

/** @throws ApplicationFailure `InvalidInput` @throws if Temporal is out of reach. */
export async function withInputs(trigger: ParsedTriggerFlowRunInput): Promise<ParsedTriggerFlowRunInput> {
  const { inputsFrom, ...input } = trigger;
  if (inputsFrom === undefined) return trigger;
  if (input.inputs !== undefined) throw fieldProblem('does not go with inputs');
  const { input: started } = await readFirstEvent();
  const [argument] = await readPayloads(getClient().options.loadedDataConverter, started?.payloads);
  const { inputs } = (argument ?? {}) as { inputs?: unknown };
  const parsed = parsePartialInput({ inputs });
  if (!parsed.ok) throw invalidInput(parsed.problems);
  const { inputs: found } = parsed.value as Pick<ParsedTriggerFlowRunInput, 'inputs'>;
  // A robot must not start without the inputs that its run was given.
  if (found === undefined) throw fieldProblem('the first argument of the calling workflow has no inputs');
  return { ...input, inputs: found };
}

const fieldProblem = (problem: string) => invalidInput([{ field: 'inputsFrom', problem }]);
