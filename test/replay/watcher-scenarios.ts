/** The runs that are watched, of which histories are kept, by name: see `scenarios.ts`. */
import type { Scenario } from './scenarios';

const shared = { initialInterval: '1s', maximumInterval: '1s' };

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
};
