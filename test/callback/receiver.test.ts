/** The receiver over real HTTP: what it passes on, and what it refuses. Who is woken is noted down. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { robotKey } from '../../src/activities/trigger/key';
import { type CallbackReceiver, startCallbackReceiver } from '../../src/callback/receiver';
import { readToken, signToken } from '../../src/callback/token';
import { callbackUrl } from '../../src/callback/url';

const OLD = 'an-old-key-of-32-characters-or-so';
const NEW = 'a-new-key-of-32-characters-or-so';
const NAMESPACE = 'invoices';

const signedWith = (...keys: [string, ...string[]]) => ({ keys: async () => keys });

let woken: [workflowId: string, flowSessionId: string][];
let temporalIsUp: boolean;
let receiver: CallbackReceiver;

beforeEach(async () => {
  woken = [];
  temporalIsUp = true;
  receiver = await startCallbackReceiver({
    ...signedWith(NEW, OLD),
    port: 0,
    namespace: NAMESPACE,
    wakeUp: async (...call) => {
      if (!temporalIsUp) throw new Error('out of reach');
      woken.push(call);
    },
  });
});

afterEach(() => receiver.close());

function urlOf(workflowId: string, signing = signedWith(NEW), namespace = NAMESPACE): Promise<string> {
  const key = robotKey({ namespace, run: randomUUID(), robot: '1' });
  const baseUrl = `http://127.0.0.1:${receiver.port}/robots/callbacks`;
  return callbackUrl({ namespace, key, workflowId }, { ...signing, baseUrl });
}

function post(url: string, body: unknown, contentType = JSON_TYPE): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': contentType },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const JSON_TYPE = 'application/json; charset=utf-8';
const SESSION = 'd9687093-d0c0-ec11-983e-0022480b428a';
const CALLBACK = { statuscode: 4, statecode: 0, flowsessionid: SESSION };

describe('a callback', () => {
  it('wakes the workflow that its URL names, whatever its id', async () => {
    const ids = ['invoice-4711', 'Rechnung/№ 4711?#.%', 'x'.repeat(1000)];
    for (const id of ids) expect((await post(await urlOf(id), CALLBACK)).status).toBe(204);
    expect(woken).toEqual(ids.map((id) => [id, SESSION]));
  });

  it('is taken while its signing key is in the list, and no longer', async () => {
    expect((await post(await urlOf('w', signedWith(OLD)), CALLBACK)).status).toBe(204);
    expect((await post(await urlOf('w', signedWith('some-other-signing-key')), CALLBACK)).status).toBe(404);
    expect(woken).toHaveLength(1);
  });

  it('may spell the id as other answers do', async () => {
    await post(await urlOf('w'), { flowsessionId: SESSION.toUpperCase() });
    expect(woken).toEqual([['w', SESSION]]);
  });

  it('is answered with 503 where Temporal is out of reach, so that it is repeated', async () => {
    temporalIsUp = false;
    expect((await post(await urlOf('w'), CALLBACK)).status).toBe(503);
  });

  it.each<[string, number, unknown, string]>([
    ['no JSON', 400, 'no JSON', JSON_TYPE],
    ['an empty body', 400, '', JSON_TYPE],
    ['no session', 400, {}, JSON_TYPE],
    ['null', 400, 'null', JSON_TYPE],
    ['a session that is no GUID', 400, { flowsessionid: `${SESSION}/outputs` }, JSON_TYPE],
    ['a session that is no text', 400, { flowsessionid: [SESSION] }, JSON_TYPE],
    ['3 MB', 413, { ...CALLBACK, filler: 'x'.repeat(3_000_000) }, JSON_TYPE],
    ['XML', 415, '<statuscode>4</statuscode>', 'application/xml'],
  ])('of %s is refused with %d, and wakes nobody', async (_what, status, body, contentType) => {
    expect((await post(await urlOf('w'), body, contentType)).status).toBe(status);
    expect(woken).toEqual([]);
  });

  it('of another namespace is refused', async () => {
    expect((await post(await urlOf('w', signedWith(NEW), 'other'), CALLBACK)).status).toBe(404);
  });

  it('of a foreign hand is refused before its body is read', async () => {
    const url = await urlOf('w');
    const [key, , signature] = url.slice(url.lastIndexOf('/') + 1).split('.');
    const other = Buffer.from('other').toString('base64url');
    const wrong = ['', 'callbacks', `${key}.${signature}`, `${key}.${other}.${signature}`, `${key}..`];
    for (const token of wrong) {
      const answer = await post(`http://127.0.0.1:${receiver.port}/${token}`, CALLBACK);
      expect([token, answer.status]).toEqual([token, 404]);
    }
    expect((await fetch(url)).status).toBe(404);
    expect(woken).toEqual([]);
  });

  it('that is repeated without end wakes its workflow only so often', async () => {
    const url = await urlOf('w');
    const statuses: number[] = [];
    for (let count = 0; count < 60; count += 1) statuses.push((await post(url, CALLBACK)).status);
    expect(new Set(statuses)).toEqual(new Set([204, 429]));
    expect(woken).toHaveLength(20);
    expect((await post(await urlOf('another'), CALLBACK)).status).toBe(204);
  });

  it('tells whether the receiver lives', async () => {
    const answer = await fetch(`http://127.0.0.1:${receiver.port}/health`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
  });
});

describe('the token', () => {
  const ids = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' });

  it('comes back as it was signed, and not at all once a character of it is changed', async () => {
    await fc.assert(
      fc.asyncProperty(ids, fc.nat(), fc.constantFrom('A', '-', '.', '0'), async (workflowId, at, other) => {
        const token = { namespace: NAMESPACE, key: 'abc123', workflowId };
        const text = await signToken(token, signedWith(NEW));
        expect(await readToken(text, NAMESPACE, signedWith(NEW))).toEqual(token);
        const index = at % text.length;
        const changed = text.slice(0, index) + other + text.slice(index + 1);
        if (changed === text) return;
        expect(await readToken(changed, NAMESPACE, signedWith(NEW))).toBeUndefined();
      }),
    );
  });

  it('is signed by the first key of several', async () => {
    const text = await signToken(
      { namespace: NAMESPACE, key: 'abc123', workflowId: 'w' },
      signedWith(NEW, OLD),
    );
    expect(await readToken(text, NAMESPACE, signedWith(NEW))).toBeDefined();
    expect(await readToken(text, NAMESPACE, signedWith(OLD))).toBeUndefined();
  });

  it('leaves the workflow out where the URL would be longer than its column', async () => {
    const token = { namespace: NAMESPACE, key: 'abc123', workflowId: 'x'.repeat(1000) };
    const baseUrl = `https://robots.contoso.com/${'y'.repeat(1000)}`;
    const url = await callbackUrl(token, { baseUrl, ...signedWith(NEW) });
    expect(url.length).toBeLessThanOrEqual(2000);
    const { workflowId: _left, ...rest } = token;
    expect(await readToken(url.split('/').at(-1) ?? '', NAMESPACE, signedWith(NEW))).toEqual(rest);
  });
});
