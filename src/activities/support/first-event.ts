/** HOST: the first event of the calling workflow's history: with what it was started. A reset copies it. */
import { activityInfo, getClient } from '@temporalio/activity';
import type { History } from '@temporalio/common/lib/proto-utils';

type FirstEvent = NonNullable<
  NonNullable<History['events']>[number]['workflowExecutionStartedEventAttributes']
>;

/** @throws if Temporal is out of reach. */
export async function readFirstEvent(): Promise<FirstEvent> {
  const { namespace, workflowExecution: execution } = activityInfo();
  const { history } = await getClient().workflowService.getWorkflowExecutionHistory({
    namespace,
    execution,
    maximumPageSize: 1,
  });
  return history?.events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
}
