/**
 * SHARED: may run anywhere. The metrics of this package beside the SDK's own, and the values that their labels can have.
 * `docs/operations.md` has them as a table, which a test compares with this one. Names are published: dashboards and
 * alerts use them.
 */
import { RUN_ERROR_CODES } from './error-codes';
import { BAD_ENDS } from './status';

export type MetricLabels = Record<string, string>;

export interface Metric {
  readonly name: string;
  readonly kind: 'counter' | 'histogram' | 'gauge';
  /** One sentence, which Prometheus shows. */
  readonly help: string;
  /** Those that we set; the SDK adds namespace, task queue and type to what workflows and activities count. */
  readonly labels: readonly string[];
  /**
   * Who counts, and so what may be counted twice: a workflow counts once, and again only after a reset, or where its task
   * failed in between; an activity counts tries; a process counts what it does.
   */
  readonly countedBy: 'workflow' | 'activity' | 'process';
}

const PREFIX = 'power_automate_';

function metric(
  name: string,
  kind: Metric['kind'],
  countedBy: Metric['countedBy'],
  labels: readonly string[],
  help: string,
): Metric {
  return { name: `${PREFIX}${name}`, kind, countedBy, labels, help };
}

export const METRICS = {
  robotsStarted: metric(
    'robots_started_total',
    'counter',
    'workflow',
    [],
    'Robots that runs have started, those included whose answer was lost and that were found.',
  ),
  robotsEnded: metric(
    'robots_ended_total',
    'counter',
    'workflow',
    ['status', 'error_code'],
    'Robots that have ended, as Dataverse says it.',
  ),
  duplicates: metric(
    'robot_duplicates_total',
    'counter',
    'workflow',
    [],
    'Second robots of one trigger, which were stopped.',
  ),
  robotRetries: metric(
    'robot_retries_total',
    'counter',
    'workflow',
    [],
    'Robots that ended badly and are followed by another one.',
  ),
  runsEnded: metric(
    'runs_ended_total',
    'counter',
    'workflow',
    ['outcome'],
    'Runs that have ended: succeeded, cancelled, or with which failure type.',
  ),
  queueSeconds: metric(
    'robot_queue_seconds',
    'histogram',
    'workflow',
    [],
    "Time from a robot's start until Dataverse says that it runs, of robots that have ended.",
  ),
  executionSeconds: metric(
    'robot_execution_seconds',
    'histogram',
    'workflow',
    ['status'],
    'Time that a robot has run, of robots that have ended.',
  ),
  robotsWatched: metric(
    'robots_watched',
    'gauge',
    'activity',
    ['status'],
    'Robots with shared looks that have not ended, as the latest look saw them.',
  ),
  looks: metric(
    'looks_total',
    'counter',
    'activity',
    ['by'],
    'Looks: of a run at its own robot, or of a watch at many.',
  ),
  answersLost: metric(
    'trigger_answers_lost_total',
    'counter',
    'activity',
    [],
    'Triggers that were written and got no answer, or none that tells.',
  ),
  doubtsSettled: metric(
    'trigger_doubts_settled_total',
    'counter',
    'activity',
    ['how'],
    'Searches for the robot of a trigger in doubt, by how they ended.',
  ),
  startsPutOff: metric(
    'starts_put_off_total',
    'counter',
    'activity',
    [],
    'Tries of a start that were told to come again, because the connection had all its starts of the minute.',
  ),
  requests: metric(
    'requests_total',
    'counter',
    'process',
    ['kind', 'status'],
    'HTTP requests to Dataverse and to token endpoints, by HTTP status, or by why there was no answer.',
  ),
  requestSeconds: metric(
    'request_seconds',
    'histogram',
    'process',
    ['kind'],
    'Time from the request until its answer was read.',
  ),
  throttledSeconds: metric(
    'throttled_seconds',
    'histogram',
    'process',
    [],
    'How long Dataverse asked all to wait, each time it did.',
  ),
  requestsHeldBack: metric(
    'requests_held_back_total',
    'counter',
    'process',
    ['why'],
    'Requests that were not sent, because Dataverse had asked to wait or the budget was used up.',
  ),
  budgetLeft: metric(
    'request_budget_left',
    'gauge',
    'process',
    ['organization'],
    'Requests that the process may still make within 5 minutes: of the organization that has fewest.',
  ),
  tokenRenewals: metric(
    'token_renewals_total',
    'counter',
    'process',
    ['outcome'],
    'Tokens that were asked for because there was none, or the old one ends soon.',
  ),
  callbacks: metric(
    'callbacks_total',
    'counter',
    'process',
    ['outcome'],
    'Calls that the callback receiver has answered.',
  ),
} as const satisfies Record<string, Metric>;

/** Bounds of the buckets by name of the histogram, in seconds: the SDK's own are for milliseconds. */
export const BUCKETS: Readonly<Record<string, number[]>> = {
  [METRICS.queueSeconds.name]: [1, 5, 15, 60, 300, 900, 3600, 10_800, 21_600],
  [METRICS.executionSeconds.name]: [1, 5, 15, 60, 300, 900, 3600, 10_800, 43_200, 86_400],
  [METRICS.requestSeconds.name]: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  [METRICS.throttledSeconds.name]: [1, 5, 10, 30, 60, 120, 300, 600, 3600],
};

/** Label for any value that is not in a list of ours, so that nobody outside decides how many series there are. */
export const OTHER = 'other';

const KNOWN_CODES = new Map([...RUN_ERROR_CODES.keys()].map((code) => [code.toLowerCase(), code]));

/** A code that Microsoft documents, as it is written there; `none`, or `other`. */
export function errorCodeLabel(code: string | undefined): string {
  return code ? (KNOWN_CODES.get(code.toLowerCase()) ?? OTHER) : 'none';
}

const OUTCOMES: ReadonlySet<string> = new Set([
  ...BAD_ENDS.map((end) => `DesktopFlow${end}`),
  'InvalidInput',
  'TriggerOutcomeUnknown',
  'OutputsUnreadable',
  'OutputsTooLarge',
  'ResultExpressionFailed',
  'ExternalPayloadLost',
  'DataverseUnauthorized',
  'DataverseForbidden',
  'DataverseNotFound',
  'DataverseBadRequest',
]);

/** The failure type of a run as a label. */
export function failureLabel(type: string | undefined | null): string {
  return type && OUTCOMES.has(type) ? type : OTHER;
}
