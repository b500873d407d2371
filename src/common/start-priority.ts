/**
 * SHARED: may run anywhere. Where starts wait for their turn, and in which order. Each connection has a share of its own,
 * because Microsoft limits the starts of each.
 */
import type { Priority } from '@temporalio/common';
import type { TriggerFlowRunInput } from './activities';

/** Returns the name of the task queue for starts only, so that a waiting start does not hold up anything else. */
export function startsQueueOf(taskQueue: string): string {
  return `${taskQueue}-starts`;
}

/** Temporal's priorities: 1 goes first, 3 is the default, 5 goes last. */
const HIGH = 2;
const NORMAL = 3;

/**
 * Starts a minute of one connection, where nobody says otherwise: below Microsoft's 70, for those who use the connection
 * besides the workers.
 */
export const STARTS_PER_MINUTE = 66;

type Connection = Pick<TriggerFlowRunInput, 'organizationUri' | 'connectionType' | 'connectionName'>;

export function startPriority(input: Connection & Pick<TriggerFlowRunInput, 'runPriority'>): Priority {
  return {
    priorityKey: priorityOf(input),
    fairnessKey: connectionKey(input),
  };
}

export function priorityOf({ runPriority }: Pick<TriggerFlowRunInput, 'runPriority'>): number {
  return runPriority?.toLowerCase() === 'high' ? HIGH : NORMAL;
}

/** A hash of 16 hexadecimal digits instead of the name, which Temporal would show. Two that collide share their limit. */
function connectionKey({ organizationUri, connectionType, connectionName }: Connection): string {
  const organization = organizationUri?.replace(/\/$/, '') ?? 'own';
  const connection = [organization, connectionType ?? 'connection', connectionName];
  return fnv1a(JSON.stringify(connection).toLowerCase()).toString(16).padStart(16, '0');
}

const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;

/** Returns the 64-bit FNV-1a hash: the workflow sandbox has no hash of its own, and nothing here is secret. */
function fnv1a(text: string): bigint {
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * FNV_PRIME);
  }
  return hash;
}
