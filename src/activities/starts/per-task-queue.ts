/** HOST: what all activities of a process share that start robots on one task queue. */
import type { TaskQueueOfActivities } from '../../temporal/pollers';

/** @returns the value of a task queue, made when it is asked for first, and kept as long as the process. */
export function perTaskQueue<Value>(make: () => Value): (queue: TaskQueueOfActivities) => Value {
  const values = new Map<string, Value>();
  return ({ namespace, taskQueue }) => {
    const key = JSON.stringify([namespace, taskQueue]);
    const value = values.get(key) ?? make();
    values.set(key, value);
    return value;
  };
}
