/** The hosts of the cluster, each in a network namespace of its own, and the links between them. */

/** `driver` starts the robots and reads what became of them; `system` is Temporal's service of internal workers. */
export const HOSTS = [
  'driver',
  'postgres',
  'frontend',
  'history',
  'matching',
  'system',
  'dataverse',
  'worker1',
  'worker2',
  'worker3',
] as const;

export type Host = (typeof HOSTS)[number];

export const WORKERS = ['worker1', 'worker2', 'worker3'] as const satisfies readonly Host[];

/** The services that one server of Temporal consists of, by host. */
export const SERVICES = {
  frontend: 'frontend',
  history: 'history',
  matching: 'matching',
  system: 'worker',
} as const satisfies Partial<Record<Host, string>>;

/** RFC 2544 sets this network apart for tests of networks: it leads nowhere. */
export function addressOf(host: Host): string {
  return `198.18.0.${HOSTS.indexOf(host) + 1}`;
}

/** A link, over which two hosts talk. */
export type Link = readonly [Host, Host];

/** Those that carry anything, one of the three workers standing for all. */
export const LINKS: readonly Link[] = [
  ['worker1', 'dataverse'],
  ['worker1', 'frontend'],
  ['frontend', 'history'],
  ['frontend', 'matching'],
  ['frontend', 'postgres'],
  ['history', 'matching'],
  ['history', 'postgres'],
  ['matching', 'postgres'],
  ['system', 'frontend'],
];
