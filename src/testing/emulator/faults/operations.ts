/** HOST, development only: the kinds of requests, by the names that faults and the record of what was seen use. */

export const OPERATIONS = [
  'trigger',
  'status',
  'query',
  'inputs',
  'outputs',
  'actionLog',
  'flowLogs',
  'cancel',
  'flows',
  'flow',
  'schema',
  'machines',
  'machineGroups',
  'connectionReferences',
  'whoAmI',
  'organization',
  'privileges',
  'user',
  'token',
  'discovery',
  'unknown',
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** What Microsoft Entra ID answers, and not Dataverse. */
export function isOfEntra(operation: Operation): boolean {
  return operation === 'token' || operation === 'discovery';
}
