/** HOST: the activity `getFlowRunStatus`. */
import type { GetFlowRunStatusInput, GetFlowRunStatusResult, StatusExtras } from '../common/activities';
import { type ParsedGetFlowRunStatusInput, parseGetFlowRunStatusInput } from '../common/input';
import { METRICS } from '../common/metrics';
import { isTerminal } from '../common/status';
import type { DataverseClient, ShownAnswer } from '../dataverse';
import type { ClientFor } from './support/dataverse-clients';
import { describeEnd, toAttempt } from './support/flow-run-attempt';
import { linksTo } from './support/links';
import { count } from './support/metrics';
import type { CreateActivitiesOptions } from './support/options';
import { outputsRoom } from './support/read-outputs';
import { withExpressionResult } from './support/result-expression';
import { sessionActivity } from './support/session-activity';
import type { HandOver } from './watch/hand-over';

export function createGetFlowRunStatus(
  clientFor: ClientFor,
  handOver: HandOver,
  options: CreateActivitiesOptions,
) {
  const { searchAttributes } = options;
  const room = outputsRoom(options);
  return sessionActivity<
    GetFlowRunStatusInput,
    GetFlowRunStatusResult,
    ParsedGetFlowRunStatusInput,
    StatusExtras
  >(clientFor, parseGetFlowRunStatusInput, async (client, input, signal, extras) => {
    const { flowSessionId, resultExpression } = input;
    count(METRICS.looks, { by: 'run' });
    const { session, answer } = await look(client, input, signal);
    const linked = extras?.links === true ? await linksTo(client, flowSessionId) : {};
    const seen = isTerminal(session.statusCode)
      ? { ...(await describeEnd(client, session, { signal, withMachine: searchAttributes })), ...linked }
      : { ...toAttempt(session), ...linked, ...(await handOver(client, input, flowSessionId)) };
    return withExpressionResult(resultExpression, seen, room, () => answer as ShownAnswer);
  });
}

/** An expression sees the answer for this run alone, so such a look joins no others. */
async function look(client: DataverseClient, input: ParsedGetFlowRunStatusInput, signal: AbortSignal) {
  const { flowSessionId, resultExpression } = input;
  if (resultExpression === undefined) {
    return { session: await client.lookAtFlowSession(flowSessionId, { signal }) };
  }
  let answer: ShownAnswer | undefined;
  const onAnswer = (shown: ShownAnswer) => {
    answer = shown;
  };
  return { session: await client.getFlowSession(flowSessionId, { signal, onAnswer }), answer };
}
