import { isBeforeConnected } from '../../../src/dataverse/http/sockets';
import {
  clientOf,
  closeServers,
  FLOW_ID,
  failureOf,
  serveBytes,
  started,
  TOKEN,
  TRIGGER,
} from '../scripted-server';

afterEach(closeServers);

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const WHOLE = JSON.stringify(started().body);

/** What a server may send after it has read the request, and then does with the connection. */
const BROKEN: [string, string, 'end' | 'reset'][] = [
  ['nothing, and ends', '', 'end'],
  ['nothing, and resets', '', 'reset'],
  ['half of a status line', 'HTTP/1.', 'end'],
  ['garbage instead of HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'end'],
  ['headers that never end', HEAD, 'end'],
  ['less than the Content-Length', `${HEAD}Content-Length: 500\r\n\r\n${WHOLE}`, 'end'],
  ['less than the Content-Length, and resets', `${HEAD}Content-Length: 500\r\n\r\n${WHOLE}`, 'reset'],
  ['chunks without an end', `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n{"flo\r\n`, 'end'],
  ['garbage instead of chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\nnot a size\r\n`, 'end'],
  [
    'a body that is not what its encoding says',
    `${HEAD}Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd`,
    'end',
  ],
];

describe.each(BROKEN)('a server that sends %s', (_what, bytes, then) => {
  const listen = async () => {
    const connections: number[] = [];
    const server = await serveBytes((socket, number) => {
      connections.push(number);
      socket.once('data', () => {
        if (then === 'end') socket.end(bytes);
        else socket.write(bytes, () => socket.resetAndDestroy());
      });
    });
    return { ...server, connections };
  };

  it('leaves the outcome of a trigger unknown, and is asked once', async () => {
    const server = await listen();
    const error = await failureOf(clientOf(server).runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'network', outcome: 'unknown' });
    expect(server.connections).toHaveLength(1);
  });

  it('gets an error of the network that names the host and shows no token', async () => {
    const server = await listen();
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error.kind).toBe('network');
    expect(error.message).toContain(new URL(server.origin).host);
    expect(error.message).not.toContain(TOKEN);
  });
});

describe('an error before a connection is made', () => {
  it.each([
    { code: 'ECONNREFUSED', syscall: 'connect' },
    { code: 'ECONNREFUSED' },
    { code: 'ENOTFOUND', syscall: 'getaddrinfo' },
    { code: 'EAI_AGAIN', syscall: 'getaddrinfo' },
    { code: 'EHOSTUNREACH', syscall: 'connect' },
    { code: 'ENETUNREACH', syscall: 'connect' },
    { code: 'ETIMEDOUT', syscall: 'connect' },
    { code: 'CERT_HAS_EXPIRED' },
    { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    { code: 'SELF_SIGNED_CERT_IN_CHAIN' },
    { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  ])('is $code of $syscall', (error) => {
    expect(isBeforeConnected(error)).toBe(true);
  });

  it.each([
    { code: 'ECONNRESET', syscall: 'read' },
    { code: 'ECONNRESET' },
    { code: 'EPIPE', syscall: 'write' },
    { code: 'ETIMEDOUT', syscall: 'read' },
    { code: 'ETIMEDOUT' },
    { code: 'EHOSTUNREACH', syscall: 'read' },
    { code: 'HPE_INVALID_CONSTANT' },
    { code: undefined },
  ])('is not $code of $syscall', (error) => {
    expect(isBeforeConnected(error)).toBe(false);
  });
});

describe('a pooled connection', () => {
  it('that the server has closed meanwhile does not get a trigger', async () => {
    let onTrigger = 0;
    const server = await serveBytes((socket, number) => {
      socket.once('data', () => {
        if (number > 1) onTrigger += 1;
        socket.write(`${HEAD}Content-Length: ${Buffer.byteLength(WHOLE)}\r\n\r\n${WHOLE}`);
        // The next byte on this connection is answered by a reset.
        socket.once('data', () => socket.resetAndDestroy());
      });
    });
    const client = clientOf(server);
    await failureOf(client.whoAmI());
    await expect(client.runDesktopFlow(FLOW_ID, TRIGGER)).resolves.toHaveProperty('flowSessionId');
    expect(onTrigger).toBe(1);
  });
});
