/** HOST: the sockets below the requests. */
import http, { type ClientRequest } from 'node:http';
import https, { type RequestOptions } from 'node:https';
import net, { type Socket } from 'node:net';
import tls, { type ConnectionOptions, type TLSSocket } from 'node:tls';

/** Above the 40 requests that go to one organization at once. */
const POOL = { keepAlive: true, maxSockets: 64 };

const pooled: Agents = { httpAgent: new http.Agent(POOL), httpsAgent: new https.Agent(POOL) };

interface Agents {
  httpAgent: http.Agent;
  httpsAgent: https.Agent;
}

/**
 * The connection of one request, which it watches: whether it was ever made, through which proxy, and who has answered.
 * It is the `transport` of axios, which decides about proxies by the environment.
 */
export class Connection {
  readonly agents: Agents;
  /** Resolves once something can be written. */
  readonly made: Promise<void>;
  readonly #isOwn: boolean;
  #isMade = false;
  #settleMade: () => void = () => undefined;
  /** Below TLS, if there is any. */
  #lowest: Socket | undefined;
  #socket: Socket | undefined;
  #proxy: string | undefined;

  /**
   * @param isOwn for a request that must not be repeated: the server may close a pooled socket in the very moment of the
   * request, which would leave its outcome in doubt for no reason.
   */
  constructor(isOwn: boolean) {
    this.#isOwn = isOwn;
    this.made = new Promise((resolve) => {
      this.#settleMade = resolve;
    });
    this.agents = isOwn ? this.#ownAgents() : pooled;
  }

  readonly request = (
    options: RequestOptions,
    onAnswer: (answer: http.IncomingMessage) => void,
  ): ClientRequest => {
    const isSecure = options.protocol === 'https:';
    this.#proxy = proxyOf(options);
    const request = (isSecure ? https : http).request(options, onAnswer);
    request.once('socket', (socket) => {
      this.#socket = socket;
      if (isSecure ? isTlsMade(socket) : !socket.connecting) this.#isNowMade();
      // A pooled socket is made already, and would collect the listeners of all its requests.
      else {
        socket.once(isSecure ? 'secureConnect' : 'connect', () => this.#isNowMade());
      }
    });
    return request;
  };

  /**
   * Ends a connection of this request alone so that nothing of what was written leaves this machine any more. After a
   * mere close, the system goes on to deliver it for minutes, which would start a robot long after its trigger was given
   * up. Does nothing where a proxy is in between: it has the request already. Nor where Node closes the socket already, as
   * it does after an answer: the system refuses to reset it then, and Node would wait for it at its exit for ever.
   */
  reset(): void {
    const socket = this.#lowest;
    if (socket?.destroyed === false && !socket.writableEnded) socket.resetAndDestroy();
  }

  #isNowMade(): void {
    this.#isMade = true;
    this.#settleMade();
  }

  #ownAgents(): Agents {
    const once = { keepAlive: false };
    const httpAgent = new http.Agent(once);
    const httpsAgent = new https.Agent(once);
    const connect = (options: unknown) => {
      this.#lowest = net.connect(options as net.NetConnectOpts);
      return this.#lowest;
    };
    httpAgent.createConnection = connect;
    httpsAgent.createConnection = (options) =>
      tls.connect({ ...(options as ConnectionOptions), socket: connect(options) });
    return { httpAgent, httpsAgent };
  }

  /**
   * True when certainly nothing was sent: Node keeps a request back until its socket is connected, and until a proxy has
   * made the tunnel and TLS stands. Of a pooled socket nothing is proven.
   */
  get wasNeverMade(): boolean {
    return this.#isOwn && !this.#isMade;
  }

  /** Host and port, without credentials; undefined when the request goes through no proxy, or through one that is unknown. */
  get proxy(): string | undefined {
    return this.#proxy;
  }

  /** Whether an answer is the proxy's own, which refused the tunnel: it came in the clear, to an https request. */
  get isAnsweredByProxy(): boolean {
    return this.#proxy !== undefined && (this.#socket as Partial<TLSSocket> | undefined)?.encrypted !== true;
  }
}

/** Node's types lack `secureConnecting`. Where a socket does not have it, it counts as made, so that nothing is proven. */
function isTlsMade(socket: Socket): boolean {
  const { encrypted, secureConnecting } = socket as Partial<TLSSocket> & { secureConnecting?: boolean };
  return encrypted === true && secureConnecting !== true;
}

/** axios puts an agent of its own in the place of ours, for the tunnel through a proxy. It knows the password too. */
function proxyOf({ agent }: RequestOptions): string | undefined {
  const { host, port } = (agent as { proxy?: { host?: string; port?: number } } | undefined)?.proxy ?? {};
  return host === undefined ? undefined : `${host.includes(':') ? `[${host}]` : host}:${port}`;
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
