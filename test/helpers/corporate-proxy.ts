/** A proxy that wants a user and a password, in the environment of this process, with https hosts behind it on loopback. */
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import tls, { type ConnectionOptions } from 'node:tls';
import { selfSigned } from './certificate';

export const ORGANIZATION_HOST = 'contoso.crm4.dynamics.com';
export const TOKEN_HOST = 'login.contoso.example';

const USER = 'robots';
export const PASSWORD = 'hunter2-of-the-proxy';

/** What the proxy does instead of making a tunnel: answers with a status, or anything else. */
type Refusal = number | { status: number; headers: Record<string, string> } | ((socket: Socket) => void);

export interface CorporateProxy {
  /** Host and port. */
  readonly host: string;
  /** The host of each CONNECT, and the status that it got. */
  readonly seen: { host: string; status?: number }[];
  /** For the next requests for a tunnel, one each. */
  refuse(...refusals: Refusal[]): void;
  /** For all requests until `allow`. */
  refuseAll(refusal: Refusal): void;
  allow(): void;
  /** Has this process use other credentials. */
  usePassword(password: string): void;
  close(): void;
}

/** @param ports where plain http is spoken, for each host behind the proxy; TLS is added in front of it. */
export async function startCorporateProxy(ports: Record<string, number>): Promise<CorporateProxy> {
  const sockets = new Set<Socket>();
  const certificate = selfSigned(Object.keys(ports));
  const distrust = trust(certificate.cert);
  const hosts = new Map<string, net.Server>();
  for (const [host, port] of Object.entries(ports)) {
    const inside = tls.createServer(certificate, (socket) => join(socket, port, sockets));
    hosts.set(host, await listen(inside));
  }

  const next: Refusal[] = [];
  let always: Refusal | undefined;
  const seen: CorporateProxy['seen'] = [];
  const wanted = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
  const proxy = http.createServer().on('connect', (request, socket: Socket) => {
    sockets.add(socket.on('error', () => {}));
    const host = request.url?.replace(/:443$/, '') ?? '';
    const target = hosts.get(host);
    const isKnown = request.headers['proxy-authorization'] === wanted;
    const refusal = next.shift() ?? always ?? (isKnown ? undefined : 407) ?? (target ? undefined : 502);
    if (typeof refusal === 'function') {
      seen.push({ host });
      refusal(socket);
      return;
    }
    const { status, headers } =
      typeof refusal === 'object' ? refusal : { status: refusal ?? 200, headers: {} };
    seen.push({ host, status });
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    if (target === undefined || status !== 200) {
      socket.end(`HTTP/1.1 ${status} Refused\r\n${lines.join('')}Content-Length: 0\r\n\r\n`);
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    join(socket, portOf(target), sockets);
  });
  const host = `127.0.0.1:${portOf(await listen(proxy))}`;
  const before = { ...process.env };
  for (const name of ['HTTP_PROXY', 'NO_PROXY', 'ALL_PROXY']) {
    for (const each of [name, name.toLowerCase()]) delete process.env[each];
  }
  delete process.env.https_proxy;
  const usePassword = (password: string) => {
    process.env.HTTPS_PROXY = `http://${USER}:${password}@${host}`;
  };
  usePassword(PASSWORD);

  return {
    host,
    seen,
    refuse: (...refusals) => next.push(...refusals),
    refuseAll: (refusal) => {
      always = refusal;
    },
    allow: () => {
      always = undefined;
    },
    usePassword,
    close() {
      process.env = before;
      distrust();
      for (const socket of sockets) socket.destroy();
      for (const server of [proxy, ...hosts.values()]) server.close();
    },
  };
}

/** Lets this process take a certificate, as NODE_EXTRA_CA_CERTS would from its start. */
function trust(ca: string): () => void {
  const { connect } = tls;
  const spy = jest
    .spyOn(tls, 'connect')
    .mockImplementation(((options: ConnectionOptions, ready?: () => void) =>
      connect({ ...options, ca }, ready)) as typeof connect);
  return () => spy.mockRestore();
}

/** Carries bytes between a socket and a port until one of both ends. */
function join(socket: Socket, port: number, sockets: Set<Socket>): void {
  const other = net.connect(port, '127.0.0.1');
  for (const [one, another] of [
    [socket, other],
    [other, socket],
  ] as const) {
    sockets.add(one);
    one.on('error', () => {}).on('close', () => another.destroy());
    one.pipe(another);
  }
}

async function listen<S extends net.Server>(server: S): Promise<S> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: net.Server): number {
  return (server.address() as AddressInfo).port;
}
