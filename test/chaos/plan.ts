/** What can happen to a run, as fast-check draws it. Every wait is short enough for the windows of the worker. */
import fc from 'fast-check';
import type { Fault } from '../../src/testing/emulator/faults/faults';

type On = 'trigger' | 'status' | 'query' | 'outputs' | 'cancel';

export interface RunPlan {
  /** How the robots end, one after the other; the last repeats. */
  ends: string[];
  durationMs: number;
  maximumAttempts: number;
  faults: Fault[];
  /** Whether its robots are looked at together with those of others. */
  shared: boolean;
  /** Of the workflow, counted from its start. */
  cancelAfterMs: number | undefined;
  /** What operators do to it meanwhile, or afterwards. */
  deeds: Deed[];
}

/** Of an operator, counted from the start of the run. */
export interface Deed {
  afterMs: number;
  kind:
    | 'resetToFirstTask'
    | 'resetToLastTask'
    /** `temporal activity reset --reset-heartbeats`, whichever activity is pending. */
    | 'resetActivity'
    /** The robots show a status that nobody knows, for a second. */
    | 'unknownStatus';
}

export const isWorkflowReset = ({ kind }: Deed) => kind === 'resetToFirstTask' || kind === 'resetToLastTask';

export interface BatchPlan {
  /** Whether the worker has a callback base, so that a key travels. */
  keyed: boolean;
  runs: RunPlan[];
  /** When one of the two workers is killed with SIGKILL, and followed by a new one, counted from the start. */
  kills: { afterMs: number; worker: 0 | 1 }[];
  /** When the workflow that looks at many robots is terminated, counted from the start. */
  watcherKillsAfterMs: number[];
  /** Of queries, whoever makes them: those for many robots name no flow. */
  queryFaults: Fault[];
}

/** Longer than any delay of these plans, so that what is lost may land late, but within the window. */
export const SETTLING_WINDOW_MS = 4000;
export const REQUEST_TIMEOUT_MS = 2000;

const LONG_MS = 3_600_000;

const delayMs = fc.integer({ min: 50, max: 3000 });

const passing = (on: On) =>
  fc.oneof(
    fc.constant({ on, kind: 'lostRequest' }),
    fc.constant({ on, kind: 'lostAnswer' }),
    fc.record({ on: fc.constant(on), kind: fc.constant('reset'), executed: fc.boolean() }),
    fc.record({ on: fc.constant(on), kind: fc.constant('hang'), executed: fc.boolean() }),
    fc.record({ on: fc.constant(on), kind: fc.constant('html'), executed: fc.boolean() }),
    fc.record({ on: fc.constant(on), kind: fc.constant('delay'), duration: delayMs, executed: fc.boolean() }),
    fc.record({
      on: fc.constant(on),
      kind: fc.constant('status'),
      httpStatus: fc.constantFrom(408, 500, 502, 503, 504),
      executed: fc.boolean(),
    }),
    // Of what lies in between.
    fc.record({
      on: fc.constant(on),
      kind: fc.constant('status'),
      httpStatus: fc.constantFrom(407, 424, 460, 499),
      executed: fc.boolean(),
    }),
    fc.constant({ on, kind: 'throttle', retryAfterSeconds: 1 }),
    fc.constant({ on, kind: 'status', httpStatus: 401 }),
  );

/** A role that is edited, or a secret that is changed, while a robot works. */
const refusal = (on: On) =>
  fc.record({
    on: fc.constant(on),
    kind: fc.constant('status'),
    httpStatus: fc.constantFrom(400, 401, 403, 404),
    times: fc.integer({ min: 1, max: 3 }),
  });

const invisible = fc.record({
  on: fc.constant('trigger'),
  kind: fc.constant('invisible'),
  duration: fc.integer({ min: 100, max: 1500 }),
});
/** Rows that are none, and a row that comes twice. */
const oddRows = fc.constantFrom(
  { on: 'query', kind: 'status', httpStatus: 200, body: '{"value":[{"flowsessionid":null}]}' },
  { on: 'query', kind: 'status', httpStatus: 200, body: '{"value":[7]}' },
  { on: 'query', kind: 'duplicate' },
);
const wrongCase = fc.record({
  on: fc.constantFrom('trigger', 'status', 'query'),
  kind: fc.constant('wrongCase'),
});
const garbled = fc.constant({
  on: 'trigger',
  kind: 'status',
  httpStatus: 200,
  body: '{"flow',
  executed: true,
});

/** Two robots of one trigger; only where a key tells that they belong together, and the answer is lost. */
const doubled = fc.integer({ min: 0, max: 700 }).map((lag) => [
  { on: 'trigger', kind: 'duplicate', lag },
  { on: 'trigger', kind: 'lostAnswer' },
]);
const seldomDoubled = fc.oneof({ weight: 7, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: doubled });

const faults = (keyed: boolean) =>
  fc
    .tuple(
      fc.array(fc.oneof(passing('trigger'), invisible, garbled), { maxLength: 3 }),
      keyed ? seldomDoubled : fc.constant([]),
      fc.array(
        fc.oneof(
          passing('status'),
          passing('query'),
          passing('outputs'),
          passing('cancel'),
          refusal('status'),
          refusal('query'),
          refusal('outputs'),
          refusal('cancel'),
          wrongCase,
          oddRows,
        ),
        {
          maxLength: 4,
        },
      ),
    )
    .map((lists) => patientlyRefused(onceUnauthorized(lists.flat() as Fault[])));

/** The wait after each failure in a row is twice the one before: after so many the next comes after a minute. */
const MOST_REFUSALS = 6;

/** Leaves so many failures of each operation that a run is over within the patience of this test. */
function patientlyRefused(all: Fault[]): Fault[] {
  const failures = new Map<string, number>();
  return all.filter(({ on, times = 1 }) => {
    const sum = (failures.get(on) ?? 0) + (times === 'always' ? 1 : times);
    if (sum > MOST_REFUSALS) return false;
    failures.set(on, sum);
    return true;
  });
}

/** A second 401 in a row is a refusal for good of a trigger. */
function onceUnauthorized(all: Fault[]): Fault[] {
  const isUnauthorized = (fault: Fault) =>
    fault.kind === 'status' && fault.httpStatus === 401 && fault.on === 'trigger';
  // By its place: equal faults may be one and the same object.
  const first = all.findIndex(isUnauthorized);
  return all.filter((fault, index) => index === first || !isUnauthorized(fault));
}

const end = fc.constantFrom(
  'Succeeded',
  'Succeeded',
  'Faulted',
  'TimedOut',
  'Failed',
  'Cancelled',
  'Aborted',
);

/** Most in the first seconds, when triggers are under way. */
const deed: fc.Arbitrary<Deed> = fc.record({
  afterMs: fc.oneof(
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 2000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 9000 }) },
  ),
  kind: fc.constantFrom(
    'resetToFirstTask',
    'resetToFirstTask',
    'resetToLastTask',
    'resetToLastTask',
    'resetActivity',
    'unknownStatus',
  ),
});
const deeds = fc.oneof(fc.constant<Deed[]>([]), fc.array(deed, { minLength: 1, maxLength: 3 }));

const run = (keyed: boolean): fc.Arbitrary<RunPlan> =>
  fc
    .record({
      ends: fc.array(end, { minLength: 1, maxLength: 3 }),
      durationMs: fc.integer({ min: 0, max: 3000 }),
      maximumAttempts: fc.integer({ min: 1, max: 3 }),
      faults: faults(keyed),
      shared: fc.constantFrom(true, true, false),
      cancelAfterMs: fc.option(fc.integer({ min: 0, max: 6000 }), { freq: 2, nil: undefined }),
      deeds,
    })
    // One that is cancelled may have a robot that would not end by itself.
    .chain((plan) => {
      if (plan.cancelAfterMs === undefined) return fc.constant(plan);
      return fc.boolean().map((long) => (long ? { ...plan, durationMs: LONG_MS } : plan));
    })
    // A doubled robot takes the next end of the list: where there are two, they all have to be the same.
    .map((plan) =>
      plan.faults.some(({ kind }) => kind === 'duplicate') ? { ...plan, ends: plan.ends.slice(0, 1) } : plan,
    );

export function batches(size: number): fc.Arbitrary<BatchPlan> {
  return fc.constantFrom(true, true, true, false).chain((keyed) =>
    fc.record({
      keyed: fc.constant(keyed),
      runs: fc.array(run(keyed), { minLength: size, maxLength: size }),
      kills: fc.array(
        fc.record({ afterMs: fc.integer({ min: 300, max: 8000 }), worker: fc.constantFrom(0, 1) }),
        { maxLength: 3 },
      ),
      watcherKillsAfterMs: fc.array(fc.integer({ min: 1000, max: 6000 }), { maxLength: 2 }),
      queryFaults: fc
        .array(fc.oneof({ weight: 4, arbitrary: passing('query') }, { weight: 1, arbitrary: oddRows }), {
          maxLength: 6,
        })
        .map((all) => all as Fault[]),
    }),
  );
}
