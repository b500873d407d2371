/** Kinds of requests, as faults and the record of what was seen call them. */
export const OPERATIONS = [
  'trigger',
  'status',
  'query',
  'inputs',
  'outputs',
  'cancel',
  'flows',
  'flow',
  'schema',
  'whoAmI',
  'privileges',
  'token',
  'unknown',
] as const;

export type Operation = (typeof OPERATIONS)[number];
