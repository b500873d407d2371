/**
 * HOST: how each call is answered. 4xx for calls that are not ours; 5xx only where a repeat helps, because Microsoft
 * repeats after 500 and above, and after 408.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sessionId } from '../common/flow-session';
import { messageOf } from '../common/message-of';
import type { CallbackReceiverOptions } from './options';
import { type CallbackToken, looksLikeToken, readToken } from './token';

/** Dataverse calls back once for a run, and up to four times when it repeats. */
const MOST_PER_MINUTE_AND_RUN = 20;

/** Limits calls without a valid token, by address. Calls with one are not counted: many come from few addresses. */
const MOST_STRANGERS_PER_MINUTE = 300;

/** The decorator of a request that holds its token. */
const TOKEN = 'callbackToken';

type AddressedToken = CallbackToken & { workflowId: string };
type Refuse = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Takes calls below any path: a proxy may keep the path of the base URL or cut it off. Only the token counts. */
export function route(app: FastifyInstance, options: CallbackReceiverOptions): void {
  const { wakeUp, log = () => {}, ...signing } = options;
  const refuse = refusal(app, log);
  app.setNotFoundHandler(refuse);
  app.removeContentTypeParser('text/plain');
  app.decorateRequest(TOKEN);
  app.post(
    '/*',
    {
      // Runs before the body is read, so that callers without a token are not listened to.
      async onRequest(request, reply) {
        let token: CallbackToken | undefined;
        try {
          token = await readToken(lastSegment(request), signing.namespace, signing);
        } catch (error) {
          log('warn', 'A callback cannot be checked', { why: messageOf(error) });
          return reply.code(503).send({ error: 'the signing keys cannot be read' });
        }
        if (token?.workflowId === undefined) return refuse(request, reply);
        request.setDecorator(TOKEN, token);
        // A caller with a token that names no type is taken to send what Microsoft documents.
        request.headers['content-type'] ??= 'application/json';
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

/** Answers every call without a token for this receiver. */
function refusal(app: FastifyInstance, log: NonNullable<CallbackReceiverOptions['log']>): Refuse {
  const strangers = app.createRateLimit({ max: MOST_STRANGERS_PER_MINUTE, timeWindow: '1 minute' });
  const told = app.createRateLimit({ max: 1, timeWindow: '1 minute', keyGenerator: () => 'told' });
  return async (request, reply) => {
    const count = await strangers(request);
    if (!count.isAllowed && count.isExceeded) {
      return reply.code(429).header('Retry-After', count.ttlInSeconds).send({ error: 'too many calls' });
    }
    if (request.method === 'POST' && looksLikeToken(lastSegment(request))) {
      const lately = await told(request);
      if (lately.isAllowed || !lately.isExceeded) log('warn', FOREIGN_TOKEN, {});
    }
    return reply.code(404).send({ error: 'no run waits here' });
  };
}

/** The likeliest mistake of a receiver in its own process. Logged once a minute at most, because anyone can call. */
const FOREIGN_TOKEN =
  'A callback was refused: none of the signing keys has signed its URL for this namespace, or the URL was too long ' +
  'to name its workflow. Do the workers have the same CALLBACK_SIGNING_KEYS, or the same credentials?';

function lastSegment(request: FastifyRequest): string {
  return request.url.split('?', 1)[0]?.split('/').at(-1) ?? '';
}

function tokenOf(request: FastifyRequest): AddressedToken {
  return request.getDecorator<AddressedToken>(TOKEN);
}

function sessionOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  return sessionId(body as Record<string, unknown>);
}
