/** HOST: how many starts a process takes at once, and how many of them it asks Temporal's server for. */
import type { ActivitySlotInfo, CustomSlotSupplier, SlotPermit, TunerHolder } from '@temporalio/worker';
import type { WantedStarts } from '../activities/starts/wanted-starts';

type Grant = (permit: SlotPermit) => void;

export class StartsSlots implements CustomSlotSupplier<ActivitySlotInfo> {
  readonly type = 'custom';
  readonly #most: number;
  readonly #wanted: WantedStarts;
  /** Of polls that have no task yet. */
  readonly #asked = new Set<SlotPermit>();
  readonly #used = new Set<SlotPermit>();
  /** In the order in which they came. */
  readonly #waiting = new Set<Grant>();
  #timer: NodeJS.Timeout | undefined;

  /** @param most starts at once, those included that are asked for */
  constructor(most: number, wanted: WantedStarts) {
    this.#most = most;
    this.#wanted = wanted;
  }

  reserveSlot(_: unknown, signal: AbortSignal): Promise<SlotPermit> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(grant);
        reject(signal.reason);
      };
      const grant: Grant = (permit) => {
        signal.removeEventListener('abort', leave);
        resolve(permit);
      };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(grant);
      this.#giveOut();
    });
  }

  /** Is asked for activities that come together with a workflow task: this worker has no workflows. */
  tryReserveSlot(): null {
    return null;
  }

  markSlotUsed({ permit }: { permit: SlotPermit }): void {
    this.#asked.delete(permit);
    this.#used.add(permit);
    this.#wanted.come();
    this.#giveOut();
  }

  releaseSlot({ permit }: { permit: SlotPermit }): void {
    this.#asked.delete(permit);
    this.#used.delete(permit);
    this.#giveOut();
  }

  #giveOut(): void {
    clearTimeout(this.#timer);
    const { most, forMs } = this.#wanted.now;
    for (const grant of this.#waiting) {
      if (this.#asked.size + this.#used.size >= this.#most) return;
      if (this.#asked.size >= most) {
        this.#timer = setTimeout(() => this.#giveOut(), forMs).unref();
        return;
      }
      const permit = {};
      this.#asked.add(permit);
      this.#waiting.delete(grant);
      grant(permit);
    }
  }
}

/** For a worker that runs activities alone: what is not of activities is never used. */
export function tunerOf(slots: StartsSlots): TunerHolder {
  const unused = { type: 'fixed-size', numSlots: 1 } as const;
  return {
    activityTaskSlotSupplier: slots,
    workflowTaskSlotSupplier: unused,
    localActivityTaskSlotSupplier: unused,
    nexusTaskSlotSupplier: unused,
  };
}
