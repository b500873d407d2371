/** HOST, development only: all scenarios, in the order in which they run. */
import type { Scenario } from '../scenario';
import { callbackLatency } from './callback-latency';
import { grid } from './grid';

export const SCENARIOS: readonly Scenario[] = [callbackLatency, grid];
