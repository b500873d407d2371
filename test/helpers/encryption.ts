/** A payload codec that encrypts, as users have one, and the search for what it must hide. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';

/** AES of 256 bits in GCM, around the payload as JSON. */
export class Encryption implements PayloadCodec {
  readonly #key = randomBytes(32);

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
      const sealed = Buffer.concat([
        iv,
        cipher.update(toText(payload), 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return { metadata: { encoding: Buffer.from(ENCRYPTED) }, data: sealed };
    });
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      if (Buffer.from(payload.metadata?.encoding ?? []).toString() !== ENCRYPTED) return payload;
      const sealed = Buffer.from(payload.data ?? []);
      const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, 12));
      decipher.setAuthTag(sealed.subarray(-16));
      const clear = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
      return fromText(clear.toString('utf8'));
    });
  }
}

const ENCRYPTED = 'binary/encrypted';

export function toText({ metadata, data }: Payload): string {
  const fields = Object.entries(metadata ?? {}).map(([name, value]) => [name, inBase64(value)]);
  return JSON.stringify({ fields, data: inBase64(data) });
}

export function fromText(text: string): Payload {
  const { fields, data } = JSON.parse(text);
  const metadata = fields.map(([name, value]: [string, string]) => [name, Buffer.from(value, 'base64')]);
  return { metadata: Object.fromEntries(metadata), data: Buffer.from(data, 'base64') };
}

function inBase64(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('base64');
}

/** Which of the texts are in a history. Its bytes are shown as they are, not in Base64. */
export function clearTextsIn(history: object, texts: readonly string[]): string[] {
  const shown = JSON.stringify(history, (_name, value) =>
    value?.type === 'Buffer' || value instanceof Uint8Array
      ? Buffer.from(value.data ?? value).toString('latin1')
      : value,
  );
  return texts.filter((text) => shown.includes(text));
}
