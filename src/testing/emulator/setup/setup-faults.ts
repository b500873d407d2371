/**
 * HOST, development only: what can be wrong with the set-up of an environment, beyond what options and the flows file
 * can say: each stays until it is cleared.
 */
import * as z from 'zod';

export const SETUP_FAULTS = [
  /** The environment's IP firewall does not let the caller's address in. */
  'addressBlocked',
  /** The application is no user of this environment; its token is good all the same. */
  'noApplicationUser',
  'disabledUser',
  /** The user has no security role. */
  'noRoles',
  /** No role of the user lets it read desktop flows (prvReadWorkflow). */
  'noFlowPrivilege',
  /** No role of the user lets it read runs (prvReadflowsession). */
  'noRunPrivilege',
  /** The user may read its own runs, and no others. */
  'ownRunsOnly',
  /** No role of the user lets it cancel runs (prvWriteflowsession). */
  'noCancelPrivilege',
  /** No role of the user lets it read machines (prvReadflowmachine). */
  'noMachinePrivilege',
  /** A condition on the column `callbackurl` is refused. */
  'callbackUrlNotFilterable',
  /** The environment has neither machines nor groups of them. */
  'noMachines',
  /** No machine has reported for a day. */
  'silentMachines',
  /** Every machine is flagged: more unattended runs at once than there is capacity for. */
  'machinesOverCapacity',
  /** No connection stands behind the connection references. */
  'unboundReferences',
  /** The connection references are those of another connector. */
  'foreignReferences',
  /** Dataverse's clock is ten minutes ahead of the caller's. */
  'clockAhead',
] as const;

export type SetupFault = (typeof SETUP_FAULTS)[number];

export const setupFaultsSchema = z.preprocess(
  (faults) => (Array.isArray(faults) ? faults : [faults]),
  z.array(z.enum(SETUP_FAULTS)),
);
