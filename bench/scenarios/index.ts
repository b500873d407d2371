/** HOST, development only: all scenarios, in the order in which they run. */
import type { Scenario } from '../scenario';
import { batch10000 } from './batch';
import { bursts } from './bursts';
import { callbackLatency } from './callback-latency';
import { few } from './few';
import { grid } from './grid';
import { growth } from './growth';
import { load } from './load';
import { memoryOfWaiting } from './memory';
import { observed } from './observed';
import { promptness } from './promptness';
import { shared300, shared1000 } from './shared';
import { starts } from './starts';
import { throughput } from './throughput';

export const SCENARIOS: readonly Scenario[] = [
  callbackLatency,
  shared300,
  shared1000,
  few,
  promptness,
  throughput,
  observed,
  load,
  memoryOfWaiting,
  growth,
  starts,
  bursts,
  batch10000,
  grid,
];
