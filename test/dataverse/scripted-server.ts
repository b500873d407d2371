/** HTTP servers on loopback that answer by script, and what the tests of the client have in common. */
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import {
  DataverseClient,
  type DataverseClientOptions,
  DataverseError,
  type OAuthCredentials,
} from '../../src/dataverse';

export const TOKEN = 'eyJ0eXAi.bearer-token-of-the-tests.c2ln';
export const FLOW_ID = 'f091ffab-58bb-4630-a115-659453d56f59';
export const SESSION_ID = 'd9687093-d0c0-ec11-983e-0022480b428a';
/** For time-outs that are to pass: within it every request arrives, however busy the machine. */
export const SHORT_TIMEOUT_MS = 1_000;

export const TRIGGER = { runMode: 'unattended', connectionName: 'robots' } as const;

export interface SeenRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
  /** The client's port: the same one for requests on the same connection. */
  port: number;
}

export interface Reply {
  /** @default 200 */
  status?: number;
  headers?: http.OutgoingHttpHeaders;
  /** An object is sent as JSON. */
  body?: string | Buffer | object;
}

/** A reply, or what makes one; a step that never ends its response leaves the client waiting. */
export type Step = Reply | ((seen: SeenRequest, response: ServerResponse) => Reply | undefined);

export interface ScriptedServer {
  readonly origin: string;
  readonly seen: SeenRequest[];
  /** Appends steps; each one is for one request. */
  script(...steps: Step[]): void;
  /** For every request after the script. */
  always(step: Step): void;
}

/** `http:` on loopback, whatever listens there. */
export interface Listening {
  readonly origin: string;
  readonly port: number;
}

const closers: (() => Promise<void>)[] = [];

/** After each test: every connection is closed, and a script that was not played to its end fails the test. */
export async function closeServers(): Promise<void> {
  const results = await Promise.allSettled(closers.splice(0).map((close) => close()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

export async function serve(...first: Step[]): Promise<ScriptedServer> {
  const steps = [...first];
  const seen: SeenRequest[] = [];
  const unexpected: string[] = [];
  let otherwise: Step | undefined;
  const server = http.createServer(async (request, response) => {
    const arrived = await toSeen(request).catch(() => undefined);
    // The client left before its request was complete.
    if (arrived === undefined) return;
    seen.push(arrived);
    const step = steps.shift() ?? otherwise;
    if (step === undefined) unexpected.push(`${arrived.method} ${arrived.path}`);
    const reply = typeof step === 'function' ? step(arrived, response) : (step ?? { status: 599 });
    if (reply !== undefined) send(response, reply);
  });
  const { origin } = await listen(server);
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    if (unexpected.length > 0) throw new Error(`Not in the script: ${unexpected.join(', ')}`);
    if (steps.length > 0) throw new Error(`${steps.length} steps of the script were never asked for`);
  });
  return {
    origin,
    seen,
    script: (...more) => steps.push(...more),
    always: (step) => {
      otherwise = step;
    },
  };
}

/** A server of bytes, for what no HTTP server would send. */
export async function serveBytes(onConnection: (socket: Socket, number: number) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    connections += 1;
    onConnection(socket, connections);
  });
  const listening = await listen(server);
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listening;
}

/** Where nobody listens. */
export async function closedPort(): Promise<Listening> {
  const server = net.createServer();
  const listening = await listen(server);
  server.close();
  await once(server, 'close');
  return listening;
}

async function listen(server: net.Server): Promise<Listening> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, port };
}

async function toSeen(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
    port: request.socket.remotePort ?? 0,
  };
}

export function send(response: ServerResponse, { status = 200, headers = {}, body = '' }: Reply): void {
  const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
  response.writeHead(status, { ...(isJson && { 'Content-Type': 'application/json' }), ...headers });
  response.end(isJson ? JSON.stringify(body) : body);
}

/** An error as Dataverse writes it. */
export function refusal(status: number, code: string, message: string, headers = {}): Reply {
  return { status, headers, body: { error: { code, message } } };
}

/** As Dataverse answers to a token that it does not take: without a body. */
export const CHALLENGE: Reply = {
  status: 401,
  headers: { 'WWW-Authenticate': 'Bearer authorization_uri=https://login.example/x' },
};

/** A token as Microsoft's token endpoint grants it. */
export function grant(token: string, expiresInSeconds = 3599): Reply {
  return { body: { token_type: 'Bearer', expires_in: expiresInSeconds, access_token: token } };
}

export function started(flowSessionId = SESSION_ID): Reply {
  return { body: { flowsessionId: flowSessionId } };
}

export function whoAmI(): Reply {
  return { body: { UserId: SESSION_ID, BusinessUnitId: SESSION_ID, OrganizationId: SESSION_ID } };
}

export function oauth(tokenServer: { origin: string; port?: number }): OAuthCredentials {
  return {
    type: 'oauth',
    clientId: '11111111-2222-3333-4444-555555555555',
    clientSecret: 'a secret+with/signs&more',
    tokenEndpoint: `${tokenServer.origin}/contoso/oauth2/v2.0/token`,
  };
}

export function clientOf(
  { origin }: { origin: string },
  options: Partial<DataverseClientOptions> = {},
): DataverseClient {
  const credentials = { type: 'bearer', token: TOKEN } as const;
  return new DataverseClient({ organizationUri: origin, credentials, ...options });
}

/** The error that a call ends with; a call that succeeds fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<DataverseError> {
  const error = await call.then(
    () => new Error('The call succeeded'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof DataverseError) return error;
  throw error;
}

/** Waits for a condition, looking again after whatever else is to do. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
