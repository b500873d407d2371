/**
 * HOST: whether Temporal still counts a try of `triggerFlowRun`, as far as this process can be sure of it.
 *
 * Temporal gives a try up whose worker it has not heard of for the heartbeat time-out, and its successor may start the
 * robot a settling window later. The worker may live on meanwhile, suspended or cut off, and does not know. So a request
 * that starts a robot is written only where Temporal cannot have given the try up yet: within half of the heartbeat
 * time-out of a moment when it counted, which is when it was scheduled, or when Temporal was last asked. A task may lie in
 * the socket of a suspended worker for as long as the suspension lasts.
 */
import { activityInfo, getClient } from '@temporalio/activity';

/** Where the caller has set none. */
const HEARTBEAT_TIMEOUT_MS = 10_000;
/** How far the clock of Temporal may be ahead of ours. A clock that is further behind proves nothing. */
const CLOCK_SKEW_MS = 2_000;
/** Temporal answers in milliseconds: an answer that comes too late to be of use comes once, or again and again. */
const QUESTIONS = 3;
const GRPC_NOT_FOUND = 5;

/** By two clocks: one stands still while a virtual machine is suspended, the other one may be set back. */
export interface Clocks {
  wall(): number;
  monotonic(): number;
}

const CLOCKS: Clocks = { wall: Date.now, monotonic: () => performance.now() };

export class Standing {
  readonly #clocks: Clocks;
  readonly #timeoutMs: number;
  /** The last moment when the try counted for certain, by both clocks. */
  #sureAt: { wall: number; monotonic: number };

  /** Within an activity, as soon as it begins. */
  constructor(clocks = CLOCKS) {
    const { heartbeatTimeoutMs, currentAttemptScheduledTimestampMs: scheduledAt } = activityInfo();
    this.#clocks = clocks;
    this.#timeoutMs = heartbeatTimeoutMs || HEARTBEAT_TIMEOUT_MS;
    const age = clocks.wall() - scheduledAt;
    const isPlausible = age >= -CLOCK_SKEW_MS;
    const passed = isPlausible ? Math.max(0, age) : Number.POSITIVE_INFINITY;
    this.#sureAt = { wall: clocks.wall() - passed, monotonic: clocks.monotonic() - passed };
  }

  /** Resolves once Temporal cannot have given the try up; at once as a rule. @throws as `confirm` does. */
  async assure(): Promise<void> {
    for (let left = QUESTIONS; this.#passedMs > this.#timeoutMs / 2; left -= 1) {
      if (left === 0) throw new Error('Temporal takes too long to say whether this try still counts');
      await this.confirm();
    }
  }

  /** Asks Temporal. @throws if the try does not count any more, or if Temporal is out of reach. */
  async confirm(): Promise<void> {
    const { taskToken, namespace } = activityInfo();
    const askedAt = { wall: this.#clocks.wall(), monotonic: this.#clocks.monotonic() };
    await getClient().workflowService.recordActivityTaskHeartbeat({ taskToken, namespace });
    this.#sureAt = askedAt;
  }

  /** Whether Temporal has given the try up; asks only if it may have. */
  async isLost(): Promise<boolean> {
    if (this.#passedMs <= this.#timeoutMs) return false;
    return this.confirm().then(
      () => false,
      (error: { code?: unknown }) => error.code === GRPC_NOT_FOUND,
    );
  }

  get #passedMs(): number {
    const { wall, monotonic } = this.#sureAt;
    return Math.max(this.#clocks.wall() - wall, this.#clocks.monotonic() - monotonic);
  }
}
