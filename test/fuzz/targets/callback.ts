/** The receiver of callbacks, over real HTTP: sound requests with odd parts, and bytes that are hardly a request. */
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { type CallbackReceiver, startCallbackReceiver } from '../../../src/callback/receiver';
import { type SigningKeys, signToken } from '../../../src/callback/token';
import { isGuid } from '../../../src/common/schema/guid';
import { changed, changes, edited, edits, jsonOf, oddTexts } from '../mutations';
import { MARK, target } from '../target';

const NAMESPACE = 'invoices';
const SESSION = 'd9687093-d0c0-ec11-983e-0022480b428a';
const BODY = { statuscode: 4, statecode: 0, flowsessionid: SESSION, errorcode: null };
const signing = { keys: async (): Promise<SigningKeys> => ['the-signing-key-of-the-fuzzing'] };
const foreign = { keys: async (): Promise<SigningKeys> => ['a-key-that-nobody-here-accepts'] };

/** Below the number of calls without a token that one address may make. */
const CASES_PER_RECEIVER = 200;

const headerValues = fc.oneof(
  fc.constantFrom(
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'a/b',
    ';',
    'application/json;x="',
  ),
  fc.stringMatching(/^[\x21-\x7e\xa0-\xff]{1,30}$/),
);

const cases = fc.record({
  workflowId: fc.string({ minLength: 1, maxLength: 300, unit: 'binary' }),
  signer: fc.constantFrom('own', 'own', 'own', 'own', 'foreign', 'namespace'),
  tokenEdits: fc.oneof(fc.constant([]), fc.constant([]), edits),
  prefix: fc.oneof(fc.constantFrom('/', '/robots/callbacks/', '//', '/a/../', '/%2e/', '/?', '/#'), oddTexts),
  query: fc.oneof(fc.constant(''), fc.constantFrom('?a=b', '?/x', ';x', '/', '#x'), oddTexts),
  method: fc.constantFrom(
    'POST',
    'POST',
    'POST',
    'POST',
    'POST',
    'POST',
    'GET',
    'PUT',
    'HEAD',
    'OPTIONS',
    'PROPFIND',
    'QUERY',
  ),
  contentType: fc.oneof(fc.constant('application/json'), fc.option(headerValues)),
  headers: fc.dictionary(
    fc.constantFrom(
      'content-encoding',
      'expect',
      'x-forwarded-for',
      'upgrade',
      'origin',
      'accept',
      'range',
      'x-http-method-override',
    ),
    headerValues,
    { maxKeys: 2 },
  ),
  changes,
  bodyEdits: fc.oneof(fc.constant([]), edits),
  /** Changes the bytes of the whole request, where it is sent as bytes. */
  wireEdits: fc.option(edits, { freq: 8 }),
});

let receiver: CallbackReceiver | undefined;
let served = 0;
let woken: [workflowId: string, flowSessionId: string][] = [];
let logged: string[] = [];
let agent = new Agent({ keepAlive: true });

async function close(): Promise<void> {
  agent.destroy();
  agent = new Agent({ keepAlive: true });
  await receiver?.close();
  receiver = undefined;
}

async function freshReceiver(): Promise<CallbackReceiver> {
  served += 1;
  if (receiver !== undefined && served % CASES_PER_RECEIVER !== 0) return receiver;
  await close();
  receiver = await startCallbackReceiver({
    ...signing,
    port: 0,
    namespace: NAMESPACE,
    wakeUp: async (...call) => void woken.push(call),
    log: (...line) => logged.push(JSON.stringify(line)),
  });
  return receiver;
}

interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  text: string;
}

/** Undefined where the client itself refuses to write such a request. */
async function send(
  port: number,
  {
    method,
    path,
    headers,
    body,
  }: { method: string; path: string; headers: Record<string, string>; body: string },
): Promise<Answer | undefined> {
  let sending: ReturnType<typeof request>;
  try {
    sending = request({ host: '127.0.0.1', port, method, path, headers, agent });
  } catch {
    return undefined;
  }
  return new Promise((resolve, reject) => {
    sending.once('response', async (response) => {
      const text = (await buffer(response)).toString('latin1');
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    sending.once('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new Error('The receiver has changed the protocol'));
    });
    // A body may be refused before it is written to its end.
    sending.once('error', () => resolve(undefined));
    sending.end(body);
  });
}

async function sendBytes(port: number, bytes: Buffer): Promise<number[]> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const answered = buffer(socket).catch(() => Buffer.alloc(0));
  // The end of it is the end of what is said: nobody waits for the rest of a body.
  socket.end(bytes);
  const text = (await answered).toString('latin1');
  return [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
}

export const callback = target(
  'callback',
  'wakes the workflow whose token it has signed, answers all else below 500, and shows no token',
  cases,
  async (one) => {
    const { port } = await freshReceiver();
    const { workflowId, signer, prefix, query, method, contentType } = one;
    const key = `k${served}`;
    const namespace = signer === 'namespace' ? 'other' : NAMESPACE;
    const good = await signToken({ namespace, key, workflowId }, signer === 'foreign' ? foreign : signing);
    const token = edited(good, one.tokenEdits);
    const body = edited(jsonOf(changed(BODY, one.changes)), one.bodyEdits);
    const path = pathOf(`${prefix}${token}${query}`);
    const bytes = Buffer.from(body).length;
    const headers = {
      ...one.headers,
      ...(contentType !== null && { 'content-type': contentType }),
      'x-mark': MARK,
    };
    woken = [];
    logged = [];

    if (one.wireEdits !== null) {
      const head = Object.entries({ host: 'x', ...headers, 'content-length': bytes }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      );
      const wire = edited(`${method} ${path} HTTP/1.1\r\n${head.join('')}\r\n${body}`, one.wireEdits);
      const statuses = await sendBytes(port, Buffer.from(wire, 'utf8'));
      for (const status of statuses) expectStatus(status);
    } else {
      const answer = await send(port, {
        method,
        path,
        headers: { ...headers, 'content-length': String(bytes) },
        body,
      });
      if (answer !== undefined) {
        expectStatus(answer.status);
        if (answer.text.includes(good) || answer.text.includes(MARK))
          throw new Error(`An answer repeats what was sent: ${answer.text}`);
        if (answer.headers['x-content-type-options'] !== 'nosniff')
          throw new Error('An answer lacks its headers');
        if ((answer.status === 204) !== (woken.length === 1))
          throw new Error(`${answer.status}, and ${woken.length} woken`);
      }
    }
    if (woken.length > 0 && signer !== 'own')
      throw new Error('A workflow was woken by a token that is none of ours');
    for (const [id, session] of woken) {
      if (id !== Buffer.from(workflowId).toString()) throw new Error(`Another workflow was woken: ${id}`);
      if (!isGuid(session)) throw new Error(`Not an id of a session: ${session}`);
    }
    const signature = good.slice(-43);
    if (logged.join().includes(signature) || logged.join().includes(MARK))
      throw new Error('The log shows a token');
  },
  { after: close },
);

function expectStatus(status: number): void {
  if (status >= 500 || status < 100) throw new Error(`Answered ${status}`);
}

/** As a client of HTTP writes it: what it would refuse to write is encoded. */
function pathOf(text: string): string {
  const written = text.replace(
    /[^\x21-\x7e]/g,
    (letter) => `%${(letter.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`,
  );
  return written.startsWith('/') ? written : `/${written}`;
}
