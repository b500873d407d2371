/** A server on loopback that answers as a case says, with whatever bytes. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { oddTexts } from './mutations';
import { MARK } from './target';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** How the bytes are spoiled on the way. */
  wire: 'whole' | 'cut' | 'empty' | 'gzip' | 'wrongly gzip' | 'deflate' | 'bytes';
}

/** Far beyond what one call may need. */
const MOST_REQUESTS = 400;

const retryAfter = fc.oneof(
  fc.constantFrom(
    '1',
    '0',
    ',',
    '1,200.5',
    '-5',
    '1e9',
    '9'.repeat(400),
    'Wed, 21 Oct 2099 07:28:00 GMT',
    'GMT',
    '١',
    '0x10',
    '',
  ),
  oddTexts,
);

/** What a server may write into a header: anything else Node refuses to write. */
const headerText = (text: string) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?').slice(0, 2_000);

export const answerHeaders: fc.Arbitrary<Record<string, string>> = fc
  .record(
    {
      'retry-after': retryAfter,
      'content-type': fc.constantFrom(
        'application/json',
        'text/html',
        'application/json; charset=utf-16',
        '',
      ),
      'www-authenticate': fc.constantFrom(
        'Bearer authorization_uri="x"',
        `Bearer error_description="AADSTS50012: ${MARK}"`,
        'Basic',
        'bearerish',
      ),
      'x-ms-service-request-id': fc.oneof(fc.constantFrom(`a,${MARK}`, '1-2,3-4'), oddTexts),
      req_id: fc.oneof(fc.constantFrom('abc-def', MARK), oddTexts),
      location: fc.constantFrom('http://127.0.0.1:1/', '/x', MARK),
      'x-ms-file-size': oddTexts,
      'content-range': fc.constantFrom(
        'bytes 0-1/2',
        'bytes */0',
        'bytes 0-1/-5',
        'bytes 0-1/1e400',
        'bytes 0-1/0x10',
        '/',
      ),
      'odata-version': oddTexts,
    },
    { requiredKeys: [] },
  )
  .map((headers) =>
    Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, headerText(text)])),
  );

export const wires: fc.Arbitrary<Answer['wire']> = fc.constantFrom(
  ...Array<'whole'>(12).fill('whole'),
  'cut',
  'empty',
  'gzip',
  'wrongly gzip',
  'deflate',
  'bytes',
);

export class AnsweringServer {
  #server: Server | undefined;
  #answers: readonly Answer[] = [];
  requests = 0;

  /** A fresh one has another port, and so is another organization to the client. */
  async origin(isFresh: boolean): Promise<string> {
    if (isFresh) this.close();
    if (this.#server === undefined) {
      const server = createServer((incoming, response) => {
        incoming.on('error', () => undefined);
        incoming.resume();
        this.requests += 1;
        if (this.requests > MOST_REQUESTS) response.destroy();
        else
          write(
            response,
            this.#answers[Math.min(this.requests, this.#answers.length) - 1],
            incoming.url ?? '',
            this.requests,
          );
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      this.#server = server;
    }
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The last one is for every request after it. */
  script(answers: readonly Answer[]): void {
    this.#answers = answers;
    this.requests = 0;
  }

  /** @throws where a call went on without end. */
  expectFew(): void {
    if (this.requests > MOST_REQUESTS) throw new Error(`More than ${MOST_REQUESTS} requests for one call`);
  }

  close(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
    this.#server = undefined;
  }
}

/** By how the bytes are written. */
const CODERS: Partial<Record<Answer['wire'], (bytes: Buffer) => Buffer>> = {
  gzip: gzipSync,
  deflate: deflateSync,
};

function write(response: ServerResponse, answer: Answer | undefined, url: string, number: number): void {
  if (answer === undefined) return void response.destroy();
  const { status, headers, wire } = answer;
  const text = answer.body
    .replaceAll('{{URL}}', JSON.stringify(url).slice(1, -1))
    .replaceAll('{{NUMBER}}', String(number));
  const body = Buffer.from(text);
  const coded = CODERS[wire]?.(body);
  const encoding = coded ? wire : wire === 'wrongly gzip' ? 'gzip' : undefined;
  const bytes =
    wire === 'empty'
      ? Buffer.alloc(0)
      : wire === 'bytes'
        ? Buffer.from([0xff, 0xfe, 0, 0x80, ...body.subarray(0, 50)])
        : (coded ?? body);
  response.writeHead(status, {
    ...headers,
    ...(encoding && { 'content-encoding': encoding }),
    ...(status !== 204 && status !== 304 && { 'content-length': bytes.length }),
  });
  if (wire !== 'cut') return void response.end(bytes);
  response.write(bytes.subarray(0, bytes.length / 2));
  setImmediate(() => response.destroy());
}
