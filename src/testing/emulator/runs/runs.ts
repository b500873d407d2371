/**
 * HOST, development only: the life of runs. State is a function of the clock: `advance` lets everything happen that is
 * due by then, in the order of time, so a robot of 24 hours costs nothing with a clock that jumps.
 */
import { randomUUID } from 'node:crypto';
import { isSuccess, isTerminal, statusName } from '../../../common/status';
import type { End } from '../setup/flows-file';
import type { Settings } from '../setup/options';
import { Machines } from './machines';
import type { Run, RunOrder } from './run';
import { runErrorMessage } from './run-errors';
import { renderOutputs } from './run-outputs';

const RUNNING = 2;
const CANCELLED = 7;

export interface ForcedStatus {
  readonly errorCode?: string;
  readonly errorMessage?: string;
}

export class Runs {
  readonly #byId = new Map<string, Run>();
  /** Runs that have not ended, in the order of their creation. */
  readonly #active = new Set<Run>();
  /** Nothing happens by itself before this time. */
  #nextAt = Number.POSITIVE_INFINITY;
  #versions = 1_000_000;
  readonly machines: Machines;
  readonly #settings: Settings;
  readonly #onEnd: (run: Run, at: number) => void;

  constructor(settings: Settings, onEnd: (run: Run, at: number) => void) {
    this.#settings = settings;
    this.#onEnd = onEnd;
    this.machines = new Machines(settings.environment);
  }

  get all(): readonly Run[] {
    return [...this.#byId.values()];
  }

  countByStatus(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { statusCode } of this.#byId.values()) {
      const name = statusName(statusCode);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  find(id: string): Run | undefined {
    return this.#byId.get(id.toLowerCase());
  }

  /** Starts a run; with `blocked` it ends that way at once, before it gets a machine. */
  start({ visibilityDelayMs, ...order }: RunOrder, blocked?: End): Run {
    const now = this.#settings.now();
    this.advance(now);
    const run: Run = {
      ...order,
      id: randomUUID(),
      correlationId: randomUUID(),
      createdAt: now,
      visibleAt: now + visibilityDelayMs,
      phase: 'queued',
      statusCode: this.#settings.statuses.queued,
      held: false,
      version: 0,
      modifiedAt: now,
    };
    this.#byId.set(run.id, run);
    this.#active.add(run);
    this.#touch(run, now);
    if (blocked === undefined) this.#place(run, now);
    else this.#end(run, blocked, now);
    return run;
  }

  cancel(run: Run): void {
    const now = this.#settings.now();
    const delay = run.phase === 'queued' ? 0 : this.#settings.cancelDelayMs;
    run.cancelAt ??= now + delay;
    this.#schedule(run);
    this.advance(now);
  }

  /** Forces a status on a run: a final one ends it, 'Running' lets it go on, any other holds it there. */
  setStatus(run: Run, status: number, { errorCode, errorMessage }: ForcedStatus = {}): void {
    const now = this.#settings.now();
    this.advance(now);
    if (isTerminal(status)) {
      this.#end(run, { status, errorCode, errorMessage }, now);
    } else {
      this.#reopen(run);
      run.statusCode = status;
      run.held = status !== RUNNING;
      this.#touch(run, now);
      this.#place(run, now);
    }
    this.advance(now);
  }

  advance(now: number): void {
    while (this.#nextAt <= now) {
      let next: Run | undefined;
      for (const run of this.#active) {
        if (next === undefined || this.#dueAt(run) < this.#dueAt(next)) next = run;
      }
      this.#nextAt = next === undefined ? Number.POSITIVE_INFINITY : this.#dueAt(next);
      if (next === undefined || this.#nextAt > now) return;
      this.#happen(next, this.#nextAt);
    }
  }

  #dueAt(run: Run): number {
    const cancelAt = run.cancelAt ?? Number.POSITIVE_INFINITY;
    if (run.held) return cancelAt;
    const since = run.startedAt ?? run.createdAt;
    const duration =
      run.phase === 'queued' ? this.#settings.queueTimeMs : Math.min(durationOf(run), run.timeoutMs);
    return Math.min(cancelAt, since + duration);
  }

  #happen(run: Run, at: number): void {
    const { queueExpired, timedOut } = this.#settings.statuses;
    if (at === run.cancelAt) {
      this.#end(run, { status: CANCELLED }, at);
    } else if (run.phase === 'queued') {
      this.#end(run, { status: queueExpired, errorCode: 'NoCandidateMachine' }, at);
    } else if (durationOf(run) > run.timeoutMs) {
      this.#end(run, { status: timedOut, errorCode: 'DesktopFlowsActionTimeout' }, at);
    } else {
      this.#end(run, run.end, at);
    }
  }

  /**
   * Starts what can start: high priority first, then in the order of creation (Microsoft: desktop flow queues). A run
   * that does not fit does not hold up the ones behind it, as with extended queue prioritization.
   */
  #placeAll(at: number): void {
    for (const first of [true, false]) {
      for (const run of this.#active) if ((run.priority === 'high') === first) this.#place(run, at);
    }
  }

  #place(run: Run, at: number): void {
    if (run.phase !== 'queued' || run.held) return;
    const placement = this.machines.place(run);
    if (placement === 'wait') return;
    if ('errorCode' in placement) {
      this.#end(run, { status: this.#settings.statuses.queueExpired, ...placement }, at);
      return;
    }
    placement.machine.running.add(run.id);
    Object.assign(run, { phase: 'running', statusCode: RUNNING, machine: placement.machine, startedAt: at });
    this.#touch(run, at);
  }

  #end(run: Run, { status, errorCode, errorMessage, errorDetails, errorInnerError }: End, at: number): void {
    const { failedRunsLeaveOutputs } = this.#settings;
    run.statusCode = status;
    run.errorCode = errorCode;
    run.errorMessage = errorMessage ?? runErrorMessage(errorCode);
    run.errorDetails = errorDetails;
    run.errorInnerError = errorInnerError;
    if (!isTerminal(status)) {
      run.held = true;
      this.#touch(run, at);
      return;
    }
    if (isSuccess(status)) run.startedAt ??= at;
    if (isSuccess(status) || (failedRunsLeaveOutputs && run.startedAt !== undefined)) {
      run.outputs = renderOutputs(run.flow, run.inputs);
    }
    run.phase = 'ended';
    run.held = false;
    run.completedAt = at;
    this.#active.delete(run);
    this.#touch(run, at);
    this.#onEnd(run, at);
    if (run.machine?.running.delete(run.id)) this.#placeAll(at);
  }

  /** Brings a run that ended back to life: it stays in the status it gets, without a machine. */
  #reopen(run: Run): void {
    if (run.phase === 'ended') {
      run.phase = 'running';
      run.completedAt = undefined;
      this.#active.add(run);
    }
  }

  #schedule(run: Run): void {
    if (this.#active.has(run)) this.#nextAt = Math.min(this.#nextAt, this.#dueAt(run));
  }

  #touch(run: Run, at: number): void {
    this.#versions += 1;
    run.version = this.#versions;
    run.modifiedAt = at;
    this.#schedule(run);
    this.#settings.log(
      `run ${run.id} of "${run.flow.name}": ${run.statusCode} ${statusName(run.statusCode)}`,
    );
  }
}

function durationOf(run: Run): number {
  return run.end.duration ?? run.flow.duration;
}
