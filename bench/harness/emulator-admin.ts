/** HOST, development only: the emulator in its own process, by its HTTP interface for people and tests. */
import type { FlowDefinition, SeenSession } from '../../src/testing/emulator';

export interface EmulatorCounts {
  /** Requests by kind. */
  counts: Record<string, number>;
  /** Answers of 400 and above by HTTP status. */
  refusals: Record<string, number>;
  /** Runs by status. */
  sessions: Record<string, number>;
}

export class EmulatorAdmin {
  constructor(readonly url: string) {}

  counts(): Promise<EmulatorCounts> {
    return this.#call('GET', '/counts') as Promise<EmulatorCounts>;
  }

  sessions(): Promise<SeenSession[]> {
    return this.#call('GET', '/sessions') as Promise<SeenSession[]>;
  }

  async addFlow(flow: FlowDefinition): Promise<void> {
    await this.#call('POST', '/flows', flow);
  }

  async isUp(): Promise<boolean> {
    return this.#call('GET', '/health').then(
      () => true,
      () => false,
    );
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}/__emulator${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`The emulator answers ${response.status} to ${method} ${path}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
