/** HOST, development only: puts the parts of one emulator together. */
import { randomUUID } from 'node:crypto';
import { FaultBox } from '../faults/fault-box';
import { Limits, StartRate } from '../limits/service-protection';
import { Registration } from '../oauth/registration';
import { Tokens } from '../oauth/tokens';
import { Callbacks } from '../runs/callbacks';
import { Runs } from '../runs/runs';
import { type Flow, parseFlow } from '../setup/flows-file';
import type { Settings } from '../setup/options';
import { type SetupFault, setupFaultsSchema } from '../setup/setup-faults';
import { validate } from '../setup/validate';
import { RequestLog, type Seen, toSeenSession } from './seen';

/** Holds everything that one emulator has. */
export class World {
  readonly flows = new Map<string, Flow>();
  readonly faults = new FaultBox();
  /** What is wrong with the set-up. */
  readonly setupFaults = new Set<SetupFault>();
  readonly log = new RequestLog();
  readonly tokens: Tokens;
  readonly registration: Registration;
  readonly callbacks: Callbacks;
  readonly limits: Limits;
  readonly startRate: StartRate;
  runs: Runs;
  /** The application user, its business unit and the organization, as WhoAmI answers them. */
  readonly identity = {
    BusinessUnitId: randomUUID(),
    UserId: randomUUID(),
    OrganizationId: randomUUID(),
  };
  /** How often each flow was started with the same inputs, which decides on the next of its `ends`. */
  readonly #starts = new Map<string, number>();

  constructor(readonly settings: Settings) {
    this.tokens = new Tokens(settings);
    this.registration = new Registration({ clientSecrets: [settings.clientSecret], ...settings.credentials });
    this.callbacks = new Callbacks(settings, this.faults);
    this.limits = new Limits(settings.limits);
    this.startRate = new StartRate(settings.limits.startsPerMinute);
    this.runs = this.#noRuns();
    this.#readFlows();
  }

  /** Goes back to the flows file, without runs, faults or anything seen. Tokens stay valid. */
  reset(): void {
    this.#readFlows();
    this.runs = this.#noRuns();
    this.limits.reset();
    this.startRate.reset();
    this.#starts.clear();
    this.faults.clear();
    this.setupFaults.clear();
    this.callbacks.clear();
    this.log.clear();
  }

  /** Adds faults; an empty list takes all of them away. */
  breakSetUp(faults: unknown): void {
    const parsed = validate(setupFaultsSchema, faults, 'The fault of the set-up');
    if (parsed.length === 0) this.setupFaults.clear();
    for (const fault of parsed) this.setupFaults.add(fault);
  }

  addFlow(definition: unknown): Flow {
    const flow = parseFlow(definition);
    this.flows.set(flow.id, flow);
    return flow;
  }

  /** Lets everything happen that is due by the clock. */
  advance(): void {
    const now = this.settings.now();
    this.runs.advance(now);
    this.callbacks.advance(now);
  }

  /** Decides how the next run of a flow with these inputs ends. */
  nextEnd(flow: Flow, inputs: string | undefined): Flow['ends'][number] {
    const key = `${flow.id} ${inputs ?? ''}`;
    const started = this.#starts.get(key) ?? 0;
    this.#starts.set(key, started + 1);
    const planned = flow.ends[Math.min(started, flow.ends.length - 1)] as Flow['ends'][number];
    return this.faults.take({ on: 'run', flowId: flow.id }).find('ends') ?? planned;
  }

  seen(): Seen {
    const { requests, counts, refusals } = this.log;
    return {
      requests: [...requests],
      tokenRequests: requests.filter(({ kind }) => kind === 'token'),
      refused: requests.filter(({ status = 0 }) => status >= 400),
      sessions: this.runs.all.map(toSeenSession),
      callbacks: [...this.callbacks.sent],
      counts,
      refusals,
    };
  }

  #readFlows(): void {
    this.flows.clear();
    for (const flow of this.settings.environment.flows) this.flows.set(flow.id, flow);
  }

  #noRuns(): Runs {
    return new Runs(this.settings, (run, at) => this.callbacks.enqueue(run, at));
  }
}
