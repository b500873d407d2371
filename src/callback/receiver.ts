/**
 * HOST: the HTTP server that Dataverse calls when a robot has ended. A call is only a hint: it wakes the workflow that
 * waits, which then looks for itself.
 */
import type { AddressInfo } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { prepareListener } from '../common/listener';
import type { CallbackOutcome, CallbackReceiverOptions } from './options';
import { route } from './routes';

/** The body that Microsoft documents has 200 bytes. */
const MAX_BODY_BYTES = 64 * 1024;

/** Time limit for receiving a request; slower clients get 408. */
const REQUEST_TIMEOUT_MS = 10_000;

/** How often Node looks for requests past that time. Its default is 30 seconds. */
const SLOW_REQUESTS_LOOK_MS = 1_000;

/** Node stops looking for slow requests once the server closes. Longer than passing a callback on takes. */
const CLOSING_GRACE_MS = 5_000;

const HEALTH = '/health';

export interface CallbackReceiver {
  /** Where it listens. */
  readonly port: number;
  /** Answers the calls under way, and ends. */
  close(): Promise<void>;
}

export async function startCallbackReceiver(options: CallbackReceiverOptions): Promise<CallbackReceiver> {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Node swaps the two where the time for the head is the longer one; its default is 60 seconds.
    http: { headersTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: SLOW_REQUESTS_LOOK_MS },
    forceCloseConnections: 'idle',
    // Its own message repeats the URL.
    frameworkErrors: (_error, _request, reply: FastifyReply) =>
      reply.code(400).send({ error: 'no URL of a callback' }),
  });
  prepareListener(app.server);
  await app.register(rateLimit, { global: false });
  const { onAnswered } = options;
  if (onAnswered) {
    app.addHook('onResponse', async ({ routeOptions }, { statusCode }) => {
      if (routeOptions.url !== HEALTH) onAnswered(outcomeOf(statusCode));
    });
  }
  app.get(HEALTH, async () => ({ status: 'ok' }));
  route(app, options);
  await app.listen({ host: options.host ?? '127.0.0.1', port: options.port });
  const { port } = app.server.address() as AddressInfo;
  return { port, close: () => close(app) };
}

function outcomeOf(status: number): CallbackOutcome {
  if (status === 429) return 'tooMany';
  if (status === 404) return 'refused';
  if (status >= 500) return 'failed';
  return status >= 400 ? 'invalid' : 'passedOn';
}

async function close(app: FastifyInstance): Promise<void> {
  const grace = setTimeout(() => app.server.closeAllConnections(), CLOSING_GRACE_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(grace);
  }
}
