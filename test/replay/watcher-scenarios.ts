/** The shared looks of which histories are kept, by name: those of a run, and those of its watcher; see `scenarios.ts`. */
import { eventually, type Harness } from '../helpers/harness';
import type { Scenario } from './scenarios';

const workflowType = 'WatchFlowRuns';

const shared = { initialInterval: '1s', maximumInterval: '1s' };
const poll = { initialInterval: 1000, maximumInterval: 1000, backoffCoefficient: 1 };

/** Robots of nobody: their watcher finds no workflow to tell. */
function robots(harness: Harness, duration: string, count: number) {
  const { flowId } = harness.flow({ duration });
  return Array.from({ length: count }, () => ({
    flowSessionId: harness.emulator.startForeignRun({ flowId }),
    workflowId: 'nobody',
    poll,
  }));
}

const idsOf = (runs: { flowSessionId: string }[]) => runs.map(({ flowSessionId }) => flowSessionId);

export const WATCHER_SCENARIOS: Record<string, Scenario> = {
  'is-watched': {
    input: (harness) => ({ ...harness.flow({ duration: '2s', result: { Booking: 'B-1' } }), poll: shared }),
  },
  'is-watched-and-cancelled': {
    input: (harness) => ({ ...harness.flow({ duration: '1h' }), poll: shared }),
    async meanwhile(handle) {
      await handle.executeUpdate('awaitFlowSession');
      await handle.cancel();
    },
  },
  'watches-until-nothing-is-left': {
    workflowType,
    input: () => ({}),
    async meanwhile(handle, harness) {
      const forgotten = robots(harness, '1h', 1);
      await handle.signal('watchFlowRuns', [...robots(harness, '2s', 3), ...forgotten]);
      const before = harness.emulator.seen.counts.query;
      await eventually(() => harness.emulator.seen.counts.query > before);
      await handle.signal('forgetFlowRuns', idsOf(forgotten));
    },
  },
};
