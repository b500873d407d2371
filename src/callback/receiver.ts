/**
 * HOST: the HTTP server that Dataverse calls when a robot has ended. What it says is a hint and never believed: it
 * wakes the workflow that waits, which then looks for itself. Answers 5xx only where a repeat helps (Microsoft repeats
 * after 500 and above, and after 408).
 */
import type { AddressInfo } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { isGuid } from '../common/guid';
import { messageOf } from '../common/message-of';
import { sessionId } from '../dataverse';
import { type CallbackToken, readToken, type SigningOptions } from './token';

/** The body that Microsoft documents has 200 bytes. */
const MAX_BODY_BYTES = 64 * 1024;

/** One run is called back once, and four times where it is repeated. */
const MOST_PER_MINUTE_AND_RUN = 20;

const REQUEST_TIMEOUT_MS = 10_000;

/** Wakes a workflow. Does nothing where it is over. @throws where a repeat may help */
export type WakeUp = (workflowId: string, flowSessionId: string) => Promise<void>;

export interface CallbackReceiverOptions extends SigningOptions {
  /** @default '127.0.0.1' */
  host?: string;
  /** 0 for any that is free. */
  port: number;
  /** Temporal's. */
  namespace: string;
  wakeUp: WakeUp;
  /** Called with what a callback came to, without its URL. @default nobody */
  log?: (level: 'debug' | 'warn', message: string, details: object) => void;
}

export interface CallbackReceiver {
  /** Where it listens. */
  readonly port: number;
  /** Answers what is under way, and ends. */
  close(): Promise<void>;
}

/** The decorator of a request that holds its token. */
const TOKEN = 'callbackToken';

type AddressedToken = CallbackToken & { workflowId: string };

export async function startCallbackReceiver(options: CallbackReceiverOptions): Promise<CallbackReceiver> {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
  });
  await app.register(rateLimit, { global: false });
  app.get('/health', async () => ({ status: 'ok' }));
  route(app, options);
  await app.listen({ host: options.host ?? '127.0.0.1', port: options.port });
  const { port } = app.server.address() as AddressInfo;
  return { port, close: () => app.close() };
}

/** Below any path: a proxy may pass the one of the base URL on or cut it off. The token alone counts. */
function route(app: FastifyInstance, { wakeUp, log = () => {}, ...signing }: CallbackReceiverOptions): void {
  app.decorateRequest(TOKEN);
  app.post(
    '/*',
    {
      // Before the body is read: who has no token is not listened to.
      async onRequest(request, reply) {
        const last = request.url.split('?', 1)[0]?.split('/').at(-1) ?? '';
        let token: CallbackToken | undefined;
        try {
          token = await readToken(last, signing.namespace, signing);
        } catch (error) {
          log('warn', 'A callback cannot be checked', { why: messageOf(error) });
          return reply.code(503).send({ error: 'the signing keys cannot be read' });
        }
        if (token?.workflowId === undefined) return reply.code(404).send({ error: 'no run waits here' });
        request.setDecorator(TOKEN, token);
      },
      config: {
        rateLimit: {
          max: MOST_PER_MINUTE_AND_RUN,
          timeWindow: '1 minute',
          hook: 'onRequest',
          keyGenerator: (request) => tokenOf(request).key,
        },
      },
    },
    async (request, reply) => {
      const flowSessionId = sessionOf(request.body);
      if (flowSessionId === undefined) return reply.code(400).send({ error: 'flowsessionid must be a GUID' });
      const { workflowId } = tokenOf(request);
      try {
        await wakeUp(workflowId, flowSessionId);
      } catch (error) {
        log('warn', 'A callback cannot be passed on', { workflowId, flowSessionId, why: messageOf(error) });
        return reply.code(503).send({ error: 'Temporal is out of reach' });
      }
      log('debug', 'A callback was passed on', { workflowId, flowSessionId });
      return reply.code(204).send();
    },
  );
}

function tokenOf(request: FastifyRequest): AddressedToken {
  return request.getDecorator<AddressedToken>(TOKEN);
}

function sessionOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const id = sessionId(body as Record<string, unknown>);
  return id !== undefined && isGuid(id) ? id : undefined;
}
