/** HOST: a request that is written at the last moment, after a question that may refuse it. */
import { Readable } from 'node:stream';
import { messageOf } from '../../common/message-of';
import { DataverseError } from './errors';

export class KeptBack {
  /** Nothing is written before its first part is there, the headers included. */
  readonly body: Readable;
  readonly headers: Record<string, string>;
  #refusal: DataverseError | undefined;

  /** @param made resolves once the connection stands. */
  constructor(text: string, made: Promise<void>, beforeWriting: () => Promise<void>) {
    const bytes = Buffer.from(text);
    this.headers = { 'Content-Length': String(bytes.length) };
    const parts = async function* (this: KeptBack) {
      await made;
      await beforeWriting().catch((error: unknown) => {
        const message = `Nothing was sent: ${messageOf(error)}`;
        this.#refusal = new DataverseError(message, { kind: 'aborted', outcome: 'refused' });
        throw this.#refusal;
      });
      yield bytes;
    };
    this.body = Readable.from(parts.call(this), { objectMode: false });
  }

  /** Why nothing was written, if nothing was. */
  get refusal(): DataverseError | undefined {
    return this.#refusal;
  }
}
