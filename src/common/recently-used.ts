/** SHARED: may run anywhere. A map that forgets what was not asked for lately. */

export class RecentlyUsed<Value> {
  /** The least recently used first. */
  readonly #values = new Map<string, Value>();
  readonly #atMost: number;
  readonly #isInUse: (value: Value) => boolean;

  /** @param isInUse such a value is kept, even beyond `atMost`. @default none is */
  constructor(atMost: number, isInUse: (value: Value) => boolean = () => false) {
    this.#atMost = atMost;
    this.#isInUse = isInUse;
  }

  /** The value of this key, made where there is none. */
  get(key: string, make: () => Value): Value {
    const value = this.#values.get(key) ?? make();
    this.#values.delete(key);
    this.#forget();
    this.#values.set(key, value);
    return value;
  }

  /** All that it holds, without using any. */
  entries(): IterableIterator<[string, Value]> {
    return this.#values.entries();
  }

  /** Makes room for one more. */
  #forget(): void {
    for (const [key, value] of this.#values) {
      if (this.#values.size < this.#atMost) return;
      if (!this.#isInUse(value)) this.#values.delete(key);
    }
  }
}
