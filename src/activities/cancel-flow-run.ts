/** HOST: the activity `cancelFlowRun`. */
import { parseFlowSessionInput } from '../common/input';
import type { ClientFor } from './support/dataverse-clients';
import { requestStop } from './support/robot-stop';
import { sessionActivity } from './support/session-activity';

export function createCancelFlowRun(clientFor: ClientFor) {
  return sessionActivity(clientFor, parseFlowSessionInput, (client, { flowSessionId }, signal) =>
    requestStop(client, flowSessionId, signal),
  );
}
