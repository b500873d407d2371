/** HOST, development only: starts an emulator of Dataverse in this process. */
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import type * as z from 'zod';
import { ANSWER_HEADERS, MOST_CONNECTIONS } from '../../common/listener';
import type { Fault } from './faults/faults';
import { adminRoutes } from './http/admin';
import { serve } from './http/serve';
import type { ForcedStatus } from './runs/runs';
import { type FlowDefinition, statusSchema } from './setup/flows-file';
import { type EmulatorOptions, resolveOptions } from './setup/options';
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
  const timer = options.clock === undefined ? setInterval(() => world.advance(), TICK_MS) : undefined;

  const { port } = app.server.address() as AddressInfo;
  const host = ['0.0.0.0', '::'].includes(settings.host) ? '127.0.0.1' : settings.host;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const tokenEndpoint = `${url}/${settings.tenantId}/oauth2/v2.0/token`;
  const { clientId, clientSecret, bearerToken } = settings;

  return {
    url,
    tokenEndpoint,
    clientId,
    clientSecret,
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
    advance: () => world.advance(),
    reset: () => world.reset(),
    async close() {
      clearInterval(timer);
      closing.abort();
      world.callbacks.close();
      await app.close();
    },
  };
}

function buildServer(world: World, closing: AbortSignal): FastifyInstance {
  const app = fastify({
    forceCloseConnections: true,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
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
      const incoming = { method: method ?? '', url: url ?? '', headers, body, response: reply.raw };
      await serve(world, incoming, closing).catch((error: unknown) => {
        world.settings.log(`internal error: ${error}`);
        reply.raw.destroy();
      });
    });
  });
  return app;
}
