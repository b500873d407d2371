/** HOST: every check, in the order in which they are told: what a check needs stands before it. */
import { CALLBACK_CHECKS } from './callbacks';
import type { Check } from './check';
import { FLOW_CHECKS } from './flows';
import { IDENTITY_CHECKS } from './identity';
import { LIMIT_CHECKS } from './limits';
import { MACHINE_CHECKS } from './machines';
import { ORGANIZATION_CHECKS } from './organization';
import { RIGHTS_CHECKS } from './rights';
import { TEMPORAL_CHECKS } from './temporal';
import { VARIABLE_CHECKS } from './variables';
import { WORKER_CHECKS } from './workers';

export const CHECKS: readonly Check[] = [
  ...VARIABLE_CHECKS,
  ...TEMPORAL_CHECKS,
  ...WORKER_CHECKS,
  ...ORGANIZATION_CHECKS,
  ...IDENTITY_CHECKS,
  ...RIGHTS_CHECKS,
  ...FLOW_CHECKS,
  ...MACHINE_CHECKS,
  ...CALLBACK_CHECKS,
  ...LIMIT_CHECKS,
];
