/** The batches of which histories are kept, by name; see `scenarios.ts`. */
import type { Page, PageRequest } from '../../src/common/batch';
import { many } from '../helpers/batches';
import { eventually } from '../helpers/harness';
import type { Scenario } from './scenarios';

/** The activities that the caller of a batch brings. */
export const OWN_ACTIVITIES = {
  async loadPage({ cursor }: PageRequest): Promise<Page> {
    return { items: many(100), nextCursor: cursor === null ? '1' : cursor === '1' ? '2' : null };
  },
  async takeResults(): Promise<void> {},
};

const workflowType = 'RunDesktopFlows';

export const BATCH_SCENARIOS: Record<string, Scenario> = {
  'batch-continues-as-new': {
    workflowType,
    input: (harness) => ({
      pages: { activity: 'loadPage' },
      defaults: harness.flow(),
      maximumConcurrent: 30,
      results: { activity: 'takeResults', pageSize: 40 },
    }),
  },
  'batch-is-stopped-by-a-failure': {
    workflowType,
    input: (harness) => ({
      items: [harness.flow({ ends: 'Failed' }), ...many(4, harness.flow({ duration: '3s' }))],
      maximumConcurrent: 2,
      onFailure: 'stop',
    }),
  },
  'batch-is-cancelled': {
    workflowType,
    input: (harness) => ({
      items: [harness.flow(), ...many(3, harness.flow({ duration: '1h' }))],
      results: { activity: 'takeResults' },
    }),
    async meanwhile(handle) {
      await eventually(async () => {
        const { running, succeeded } = await handle.query<{ running: number; succeeded: number }>(
          'desktopFlowBatch',
        );
        return running === 3 && succeeded === 1;
      });
      await handle.cancel();
    },
  },
};
