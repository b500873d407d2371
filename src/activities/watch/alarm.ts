/** HOST: lets one part of a process wait for another. */
import { pause } from '../support/pause';

export class Alarm {
  #bell = new AbortController();

  /** Ends the wait; where nobody waits, the next wait ends at once. */
  ring(): void {
    this.#bell.abort();
  }

  /** @returns whether it rang within the time, in milliseconds, and before `until` was aborted. */
  async rings(withinMs: number, until: AbortSignal): Promise<boolean> {
    const { signal } = this.#bell;
    await pause(withinMs, AbortSignal.any([signal, until]));
    if (signal.aborted) this.#bell = new AbortController();
    return signal.aborted;
  }
}
