/** HOST, development only: starts an emulator of Dataverse in this process. */
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import type * as z from 'zod';
import { ANSWER_HEADERS, MOST_CONNECTIONS, MOST_REQUESTS_OF_CONNECTION } from '../../common/listener';
import type { Fault } from './faults/faults';
import { adminRoutes } from './http/admin';
import { serve } from './http/serve';
import type { ForcedStatus } from './runs/runs';
import { type FlowDefinition, statusSchema } from './setup/flows-file';
import { type EmulatorOptions, resolveOptions } from './setup/options';
import type { RegisteredCredentials } from './setup/registered-credentials';
import type { SetupFault } from './setup/setup-faults';
import { validate } from './setup/validate';
import { type ForeignRun, startForeignRun } from './world/foreign-run';
import type { Seen } from './world/seen';
import { World } from './world/world';

/** A status by name or by any code, even one that Dataverse does not document yet. */
type StatusLike = z.input<typeof statusSchema>;

/** A running Dataverse environment for development and tests. */
export interface Emulator {
  /** Origin of the organization, e.g. http://127.0.0.1:41234. */
  readonly url: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** With `tls`: the origin below which the tenant is, for POWER_AUTOMATE_AUTHORITY_HOST. */
  readonly authorityHost: string | undefined;
  /** The variables by which programs find the machine's managed identities: IDENTITY_ENDPOINT and IDENTITY_HEADER. */
  readonly identityEnvironment: Readonly<Record<string, string>>;
  /** A token that the emulator accepts without the token endpoint. */
  readonly bearerToken: string;
  /** The caller's systemuserid, as WhoAmI answers it. */
  readonly userId: string;
  /** Id of the environment, as RetrieveCurrentOrganization answers it. */
  readonly environmentId: string;
  /** The POWER_AUTOMATE_* variables that make a worker use this emulator. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the emulator has seen so far, at the moment of reading. */
  readonly seen: Seen;
  /** Asks for a fault. Faults of one sort hit successive requests in the order in which they were asked for. */
  inject(fault: Fault): void;
  clearFaults(): void;
  /** Makes the set-up of the environment wrong, until `reset` or until all is cleared by an empty list. */
  breakSetUp(faults: SetupFault | readonly SetupFault[]): void;
  /** Adds a flow, or replaces the one with its id. */
  addFlow(flow: FlowDefinition): void;
  /** Starts a run as another user, another trigger or another time would have, and returns its id. */
  startForeignRun(run: ForeignRun): string;
  /** Forces a status on a run: a final one ends it, 'Running' lets it go on, any other holds it there. */
  setStatus(sessionId: string, status: StatusLike, error?: ForcedStatus): void;
  /** Makes issued tokens stop working at once. */
  revokeTokens(): void;
  /** Registers secrets, certificates or issuers for the application: those that are not named any more are refused. */
  register(credentials: RegisteredCredentials): void;
  /** Whether a token is one for this resource, such as `https://vault.azure.net`, that has not ended. */
  takesToken(token: string, resource: string): boolean;
  /** Lets everything happen that is due by the clock; needed only with the option `clock`. */
  advance(): void;
  /** Forgets runs, faults and what was seen, and goes back to the flows of the start. */
  reset(): void;
  /** Stops at once, and closes open connections. */
  close(): Promise<void>;
}

/** How often the emulator looks at the real clock; every request looks at it too. */
const TICK_MS = 25;
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** Leaves room for URLs above Dataverse's limit, so that the limit answers and not the parser. */
const MAX_HEADER_BYTES = 256 * 1024;
/** Time limit for receiving a request: what Dataverse's own limit of inputs takes on a very slow line. */
const REQUEST_TIMEOUT_MS = 60_000;

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const settings = resolveOptions(options);
  const world = new World(settings);
  const closing = new AbortController();
  const app = buildServer(world, closing.signal);
  await app.listen({ host: settings.host, port: settings.port });
  const { port } = app.server.address() as AddressInfo;
  const secure = settings.tls && buildServer(world, closing.signal, { ...settings.tls, plainPort: port });
  await secure?.listen({ host: settings.host, port: 0 });
  const timer = options.clock === undefined ? setInterval(() => world.advance(), TICK_MS) : undefined;

  const listening = ['0.0.0.0', '::'].includes(settings.host) ? '127.0.0.1' : settings.host;
  const host = listening.includes(':') ? `[${listening}]` : listening;
  const url = `http://${host}:${port}`;
  const securePort = (secure?.server.address() as AddressInfo | undefined)?.port;
  const tokenEndpoint = `${url}/${settings.tenantId}/oauth2/v2.0/token`;
  const { clientId, clientSecret, bearerToken } = settings;

  return {
    url,
    tokenEndpoint,
    clientId,
    clientSecret,
    authorityHost: securePort === undefined ? undefined : `https://${host}:${securePort}`,
    identityEnvironment: {
      IDENTITY_ENDPOINT: `${url}/msi/token`,
      IDENTITY_HEADER: settings.managedIdentity.header,
    },
    bearerToken,
    userId: world.identity.UserId,
    environmentId: settings.environmentId,
    environment: {
      POWER_AUTOMATE_ORGANIZATION_URI: url,
      POWER_AUTOMATE_CLIENT_ID: clientId,
      POWER_AUTOMATE_CLIENT_SECRET: clientSecret,
      POWER_AUTOMATE_TOKEN_ENDPOINT: tokenEndpoint,
    },
    get seen() {
      world.advance();
      return world.seen();
    },
    inject: (fault) => world.faults.inject(fault),
    clearFaults: () => world.faults.clear(),
    breakSetUp: (faults) => world.breakSetUp(faults),
    addFlow: (flow) => void world.addFlow(flow),
    startForeignRun: (run) => startForeignRun(world, run),
    setStatus(sessionId, status, error) {
      const run = world.runs.find(sessionId);
      if (run === undefined) throw new Error(`There is no run ${sessionId}.`);
      world.runs.setStatus(run, validate(statusSchema, status, 'The status'), error);
      world.advance();
    },
    revokeTokens: () => world.tokens.revoke(),
    register: (credentials) => world.registration.register(credentials),
    takesToken: (token, resource) => world.tokens.accepts(`Bearer ${token}`, resource),
    advance: () => world.advance(),
    reset: () => world.reset(),
    async close() {
      clearInterval(timer);
      closing.abort();
      world.callbacks.close();
      await Promise.all([app.close(), secure?.close()]);
    },
  };
}

interface Secure extends NonNullable<EmulatorOptions['tls']> {
  /** Where the same emulator listens without TLS. */
  plainPort: number;
}

function buildServer(world: World, closing: AbortSignal, secure?: Secure): FastifyInstance {
  const { plainPort, ...tls } = secure ?? {};
  const app = fastify({
    ...(secure && { https: { ...tls, maxHeaderSize: MAX_HEADER_BYTES } }),
    forceCloseConnections: true,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxRequestsPerSocket: MOST_REQUESTS_OF_CONNECTION,
    http: { maxHeaderSize: MAX_HEADER_BYTES },
  });
  app.server.maxConnections = MOST_CONNECTIONS;
  // Dataverse's own answers have the headers that Dataverse gives them.
  app.addHook('onSend', async (_request, reply) => void reply.headers(ANSWER_HEADERS));
  app.register(adminRoutes(world), { prefix: '/__emulator' });
  app.register(async (dataverse) => {
    dataverse.removeAllContentTypeParsers();
    dataverse.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    dataverse.all('/*', async (request, reply) => {
      reply.hijack();
      const { method, url, headers } = request.raw;
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const incoming = {
        method: method ?? '',
        url: url ?? '',
        headers,
        body,
        response: reply.raw,
        plainPort,
      };
      await serve(world, incoming, closing).catch((error: unknown) => {
        world.settings.log(`internal error: ${error}`);
        reply.raw.destroy();
      });
    });
  });
  return app;
}
