/** SANDBOX: how far a batch is, in words, for Temporal's web UI. */
import { setCurrentDetails } from '@temporalio/workflow';
import type { Batch } from './state';

const SHOWN_FAILURES = 10;

export function showBatchDetails({ input, state, isLoading, isDelivering, isCancelled }: Batch): void {
  const { phase, total, started, running, succeeded, failed, cancelled, problem, failures } = state;
  const doing = { running: 'Running', stopping: 'Stopping', finished: 'Finished' }[phase];
  const lines = [
    `${doing}: ${started} of ${total ?? 'a number not known yet'} started, ${running.length} under way`,
    `- **${succeeded}** succeeded, **${failed}** failed, **${cancelled}** cancelled`,
  ];
  if (isCancelled) lines.push('- The batch was cancelled; its robots are being stopped');
  if (problem) lines.push(`- **No more are started**: ${problem}`);
  if (isLoading) lines.push(`- Asking \`${input.pages?.activity}\` for more items`);
  if (isDelivering)
    lines.push(`- Handing page ${state.pagesDelivered} of the results to \`${input.results?.activity}\``);
  const shown = failures.slice(-SHOWN_FAILURES);
  lines.push(
    ...shown.map(({ index, type, message }) => `- Item ${index}: **${type}** ${message.split('\n')[0]}`),
  );
  setCurrentDetails(lines.join('\n'));
}
