/** HOST: the activities of the workflow `WatchFlowRuns`. */
import { getClient } from '@temporalio/activity';
import type { WatcherActivities } from '../../common/watch';
import type { ClientFor } from '../support/dataverse-clients';
import type { CreateActivitiesOptions } from '../support/options';
import { startOrSignalWatcher } from './hand-over';
import { lookAt } from './look';
import { wakeRuns } from './progress';
import { Watch } from './watch';

export function createWatcherActivities(
  clientFor: ClientFor,
  { shutdownSignal, searchAttributes }: CreateActivitiesOptions,
): WatcherActivities {
  return {
    keepWatch: (target) =>
      new Watch(clientFor, target, { shutdown: shutdownSignal, withMachine: searchAttributes }).keep(),

    async lookAtFlowRuns(input) {
      const { ended, missing } = await lookAt(clientFor, input, searchAttributes);
      return { ended, missing };
    },

    async wakeFlowRuns({ runs }) {
      await wakeRuns(getClient(), runs);
    },

    handOverFlowRuns: ({ watcher, taskQueue, runs, ...target }) =>
      startOrSignalWatcher(getClient(), { watcher, taskQueue, target }, runs),
  };
}
