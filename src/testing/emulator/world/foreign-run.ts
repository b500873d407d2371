/** HOST, development only: starts runs that are not the caller's own. */
import type { RunOrder } from '../runs/run';
import { toMs } from '../setup/duration';
import type { World } from './world';

/** A run that this caller did not start through RunDesktopFlow: a search for one's own runs must not take it. */
export interface ForeignRun {
  readonly flowId: string;
  /** @default the caller's own systemuserid */
  readonly createdBy?: string;
  /** Choice `flowsession_triggertype`: 0 is a cloud flow, 3 is this API. @default 3 */
  readonly triggerType?: number;
  readonly callbackUrl?: string;
  /** Text of a JSON object. @default none */
  readonly inputs?: string;
  /** @default 'foreign-connection' */
  readonly connectionName?: string;
  /** @default 'unattended' */
  readonly runMode?: RunOrder['runMode'];
}

const DEFAULT_TIMEOUT_MS = toMs('3h');

export function startForeignRun(world: World, run: ForeignRun): string {
  const flow = world.flows.get(run.flowId.toLowerCase());
  if (flow === undefined) throw new Error(`There is no flow ${run.flowId}.`);
  const started = world.runs.start({
    flow,
    connection: run.connectionName ?? 'foreign-connection',
    runMode: run.runMode ?? 'unattended',
    priority: 'normal',
    inputs: run.inputs,
    timeoutMs: DEFAULT_TIMEOUT_MS,
    callbackUrl: run.callbackUrl,
    createdBy: run.createdBy ?? world.identity.UserId,
    triggerType: run.triggerType ?? 3,
    visibilityDelayMs: 0,
    end: world.nextEnd(flow, run.inputs),
  });
  return started.id;
}
