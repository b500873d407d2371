/**
 * HOST: the context of a payload: the namespace and the id of the workflow that owns it, as Temporal's SDK tells them to codecs.
 *
 * Writer and reader agree on it but for three cases, which Temporal itself makes:
 * - A schedule writes the input of its runs before their ids exist: each gets the time of its start behind the id.
 * - A Nexus operation's result goes from the handler's workflow to the caller's as it is. The reader has to name the
 *   namespaces whose workflows may tell it something in this way.
 * - Sometimes the SDK tells no context: to a Nexus handler, to an activity that is completed by its token, to who reads a
 *   history by itself, such as a codec server. What is written without one is bound to no workflow, and who reads without
 *   one compares nothing.
 */
import type { SerializationContext } from '@temporalio/common';

export interface ContextRules {
  /** Namespaces whose workflows may hand their payloads to workflows of other ids, by Nexus. @default none */
  nexusNamespaces?: readonly string[];
}

/** Empty where the SDK tells no workflow: an activity may run without one. */
export function contextText(context: SerializationContext | undefined): string {
  const { namespace = '', workflowId = '' } = context ?? {};
  return JSON.stringify({ namespace, workflowId });
}

/** Returns why the reader must not have a payload of this context, or undefined. */
export function contextProblem(
  written: string,
  reader: SerializationContext | undefined,
  { nexusNamespaces = [] }: ContextRules,
): string | undefined {
  const { namespace, workflowId } = JSON.parse(written) as { namespace: string; workflowId: string };
  if (!namespace || !reader?.namespace) return undefined;
  const isSame =
    namespace === reader.namespace && beforeSchedule(workflowId) === beforeSchedule(reader.workflowId ?? '');
  if (isSame || nexusNamespaces.includes(namespace)) return undefined;
  return `A payload was encrypted for the workflow ${workflowId || '(none)'} of the namespace ${namespace}, and not for ${reader.workflowId || '(none)'} of ${reader.namespace}, which must not read it. For results of Nexus operations, name the namespace of their handler in PAYLOAD_ENCRYPTION_NEXUS_NAMESPACES`;
}

/** The server puts the time of the start behind the id. */
const TIME_OF_SCHEDULE = /-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

function beforeSchedule(workflowId: string): string {
  return workflowId.replace(TIME_OF_SCHEDULE, '');
}
