/** SHARED: may run anywhere. A map that forgets what was not asked for lately. */

/** Above one, so that it becomes smaller again when values are in use no more. */
const ASKED_AT_ONCE = 2;

export class RecentlyUsed<Value> {
  /** The least recently used first, but for those that were kept because they are in use. */
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

  /** Makes room for one more. Only a few are asked, as all may be in use: one that is comes last, and is asked again much later. */
  #forget(): void {
    for (let asked = 0; asked < ASKED_AT_ONCE && this.#values.size >= this.#atMost; asked++) {
      const [oldest] = this.#values;
      if (oldest === undefined) return;
      const [key, value] = oldest;
      this.#values.delete(key);
      if (this.#isInUse(value)) this.#values.set(key, value);
    }
  }
}
