/** A trigger is written at the last moment, and nothing of one that was given up leaves the machine later. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import tls from 'node:tls';
import { selfSigned } from '../../helpers/certificate';
import { ORGANIZATION_HOST, startCorporateProxy, TOKEN_HOST } from '../../helpers/corporate-proxy';
import { eventually } from '../../helpers/harness';
import {
  clientOf,
  closeServers,
  FLOW_ID,
  failureOf,
  SESSION_ID,
  SHORT_TIMEOUT_MS,
  serve,
  serveBytes,
  started,
  TRIGGER,
} from '../scripted-server';

afterEach(closeServers);

/** A question that is answered when the test wants it. */
function question() {
  let answer: (error?: Error) => void = () => undefined;
  const asked = jest.fn(
    () =>
      new Promise<void>((resolve, reject) => {
        answer = (error) => (error ? reject(error) : resolve());
      }),
  );
  return { asked, answer: (error?: Error) => answer(error) };
}

describe('a trigger with a question before it is written', () => {
  it('writes nothing, not even a header, before the answer, though its connection stands', async () => {
    const received: Buffer[] = [];
    const server = await serveBytes((socket) => socket.on('data', (bytes) => received.push(bytes)));
    const { asked, answer } = question();
    const givenUp = new AbortController();
    const call = clientOf(server).runDesktopFlow(FLOW_ID, TRIGGER, {
      beforeWriting: asked,
      signal: givenUp.signal,
    });
    await eventually(() => asked.mock.calls.length === 1);
    expect(received).toEqual([]);
    answer();
    await eventually(() => received.length > 0);
    givenUp.abort();
    await expect(failureOf(call)).resolves.toMatchObject({ kind: 'aborted', outcome: 'unknown' });
  });

  it('arrives whole after a yes', async () => {
    const server = await serve(started());
    const inputs = JSON.stringify({ text: 'ü'.repeat(100_000) });
    const answer = await clientOf(server).runDesktopFlow(
      FLOW_ID,
      { ...TRIGGER, inputs },
      { beforeWriting: async () => undefined },
    );
    expect(answer.flowSessionId).toBe(SESSION_ID);
    expect(JSON.parse(server.seen[0]?.body ?? '').inputs).toBe(inputs);
    expect(server.seen[0]?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(server.seen[0]?.headers['transfer-encoding']).toBeUndefined();
  });

  it('is certainly not carried out after a no', async () => {
    const received: Buffer[] = [];
    const server = await serveBytes((socket) => socket.on('data', (bytes) => received.push(bytes)));
    const call = clientOf(server).runDesktopFlow(FLOW_ID, TRIGGER, {
      beforeWriting: () => Promise.reject(new Error('it does not count any more')),
    });
    const message = 'Nothing was sent: it does not count any more';
    await expect(failureOf(call)).resolves.toMatchObject({ kind: 'aborted', outcome: 'refused', message });
    expect(received).toEqual([]);
  });

  it('is asked where a proxy has made the tunnel', async () => {
    const organization = await serve(started());
    const host = ORGANIZATION_HOST;
    const port = Number(new URL(organization.origin).port);
    const proxy = await startCorporateProxy({ [host]: port, [TOKEN_HOST]: port });
    try {
      const { asked, answer } = question();
      const call = clientOf({ origin: `https://${host}` }).runDesktopFlow(FLOW_ID, TRIGGER, {
        beforeWriting: asked,
      });
      await eventually(() => asked.mock.calls.length === 1);
      expect(proxy.seen).toEqual([{ host, status: 200 }]);
      expect(organization.seen).toEqual([]);
      answer();
      await expect(call).resolves.toMatchObject({ flowSessionId: SESSION_ID });
    } finally {
      proxy.close();
    }
  });
});

describe('a trigger that is given up', () => {
  const isReset = (socket: Socket) =>
    new Promise<boolean>((resolve) => {
      socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNRESET'));
      socket.once('end', () => resolve(false));
    });

  it('resets its connection, so that the system delivers nothing of it any more', async () => {
    const ends: Promise<boolean>[] = [];
    const server = await serveBytes((socket) => {
      socket.resume();
      ends.push(isReset(socket));
    });
    const call = clientOf(server, { requestTimeoutMs: SHORT_TIMEOUT_MS }).runDesktopFlow(FLOW_ID, TRIGGER);
    await expect(failureOf(call)).resolves.toMatchObject({ kind: 'timeout', outcome: 'unknown' });
    await expect(ends[0]).resolves.toBe(true);
  });

  it('does so below TLS', async () => {
    const certificate = selfSigned(['localhost']);
    const ends: Promise<boolean>[] = [];
    const server = tls.createServer(certificate, (socket) => {
      socket.resume();
      ends.push(isReset(socket));
    });
    const trusted = tls.rootCertificates;
    const { createSecureContext } = tls;
    tls.createSecureContext = (options) =>
      createSecureContext({ ...options, ca: [...trusted, certificate.cert] });
    try {
      await once(server.listen(0, 'localhost'), 'listening');
      const { port } = server.address() as AddressInfo;
      const client = clientOf(
        { origin: `https://localhost:${port}` },
        { requestTimeoutMs: SHORT_TIMEOUT_MS },
      );
      const call = client.runDesktopFlow(FLOW_ID, TRIGGER);
      await expect(failureOf(call)).resolves.toMatchObject({ kind: 'timeout', outcome: 'unknown' });
      await expect(ends[0]).resolves.toBe(true);
    } finally {
      tls.createSecureContext = createSecureContext;
      server.close();
    }
  });
});
