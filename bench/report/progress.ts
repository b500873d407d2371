/** HOST, development only: one line that changes in a terminal; elsewhere a line now and then. */

const ELSEWHERE_EVERY_MS = 15_000;

export class Progress {
  #last = 0;
  #title = '';

  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

  begin(title: string): void {
    this.#title = title;
    this.#last = 0;
  }

  tell(text: string): void {
    if (this.stream.isTTY) {
      this.stream.write(`\r\x1b[K${this.#title}: ${text}`);
    } else if (Date.now() - this.#last >= ELSEWHERE_EVERY_MS) {
      this.#last = Date.now();
      this.stream.write(`${this.#title}: ${text}\n`);
    }
  }

  /** Makes room for what is printed next. */
  clear(): void {
    if (this.stream.isTTY) this.stream.write('\r\x1b[K');
  }
}
