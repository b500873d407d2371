/** HOST: the activity `getFlowRunStatus`. */
import type { GetFlowRunStatusInput, GetFlowRunStatusResult } from '../common/activities';
import { parseGetFlowRunStatusInput } from '../common/input';
import { isTerminal } from '../common/status';
import type { ClientFor } from './support/dataverse-clients';
import { describeEnd, toAttempt } from './support/flow-run-attempt';
import { sessionActivity } from './support/session-activity';
import type { HandOver } from './watch/hand-over';

export function createGetFlowRunStatus(clientFor: ClientFor, handOver: HandOver) {
  return sessionActivity<GetFlowRunStatusInput, GetFlowRunStatusResult>(
    clientFor,
    parseGetFlowRunStatusInput,
    async (client, input, signal) => {
      const session = await client.lookAtFlowSession(input.flowSessionId, { signal });
      if (isTerminal(session.statusCode)) return describeEnd(client, session, signal);
      return { ...toAttempt(session), ...(await handOver(client, input, input.flowSessionId)) };
    },
  );
}
