/** HOST: the sockets below the requests. */
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';

/** Above the 40 requests that go to one organization at once. */
const POOL = { keepAlive: true, maxSockets: 64 };

const pooled = { httpAgent: new http.Agent(POOL), httpsAgent: new https.Agent(POOL) };

export interface Agents {
  httpAgent: http.Agent;
  httpsAgent: https.Agent;
}

export function pooledAgents(): Agents {
  return pooled;
}

/**
 * A socket for one request that must not be repeated: the server may close a pooled one in the very moment of the
 * request, which would leave its outcome in doubt for no reason.
 */
export class OwnSocket implements Agents {
  /** Undefined until it is tried, and for good when the request goes through the agent of a proxy. */
  #isConnected: boolean | undefined;
  readonly httpAgent = this.#watch(new http.Agent({ keepAlive: false }), 'connect');
  readonly httpsAgent = this.#watch(new https.Agent({ keepAlive: false }), 'secureConnect');

  /** True when certainly nothing was sent, because the socket never connected. */
  get neverConnected(): boolean {
    return this.#isConnected === false;
  }

  #watch<A extends http.Agent>(agent: A, ready: 'connect' | 'secureConnect'): A {
    const create = agent.createConnection.bind(agent);
    agent.createConnection = (...args: Parameters<http.Agent['createConnection']>) => {
      const socket: Duplex | null | undefined = create(...args);
      // Without a socket to watch, nothing is proven.
      if (socket) this.#isConnected ??= false;
      else this.#isConnected = true;
      socket?.once(ready, () => {
        this.#isConnected = true;
      });
      return socket;
    };
    return agent;
  }
}

const BEFORE_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Of the TLS handshake: the certificate was refused before anything was written. */
const CERTIFICATE = /^(CERT_|ERR_TLS_CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_)/;

/** Whether an error of Node's sockets tells that no connection was made. Returns false when unsure. */
export function isBeforeConnected(error: { code?: unknown; syscall?: unknown }): boolean {
  const { code, syscall } = error;
  if (typeof code !== 'string' || syscall === 'read' || syscall === 'write') return false;
  return BEFORE_CONNECTED.has(code) || CERTIFICATE.test(code) || syscall === 'connect';
}
