/**
 * HOST: decodes and encodes payloads for Temporal's web UI and its command line, which have no keys: `POST /decode` and
 * `POST /encode`, as Temporal's codec servers have them. The browser of a user asks, so payloads in clear text go to it and
 * never to Temporal.
 */
import type { AddressInfo } from 'node:net';
import cors from '@fastify/cors';
import type { Payload, PayloadCodec } from '@temporalio/common';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import * as z from 'zod';
import { prepareListener } from '../common/listener';
import { messageOf } from '../common/message-of';
import type { Authorize } from './authorization';

export interface CodecServerOptions {
  /** 0 for any free port. */
  port: number;
  host: string;
  /** Of the web UIs that may ask, such as `https://temporal.example`. */
  origins: readonly string[];
  /** Decodes last to first, as Temporal's SDK does. */
  codecs: readonly PayloadCodec[];
  authorize: Authorize;
  /** Is told of each answer. Holds nothing of a payload. */
  log(level: 'info' | 'warn', message: string, details: object): void;
}

export interface CodecServer {
  /** Where it listens. */
  readonly port: number;
  close(): Promise<void>;
}

/** A payload has up to 2 MiB, and a third more in Base64. A page asks for those of one event. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

const REQUEST_TIMEOUT_MS = 30_000;

/** How long a browser need not ask again whether it may ask. */
const PREFLIGHT_S = 600;

/** Anybody may write any name. */
const MAX_NAME_LENGTH = 100;

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));
const requestSchema = z.object({
  payloads: z.array(
    z.object({ metadata: z.record(z.string(), base64).default({}), data: base64.optional() }),
  ),
});

type Convert = (payloads: Payload[]) => Promise<Payload[]>;

/** @throws where the port cannot be listened on. */
export async function startCodecServer(options: CodecServerOptions): Promise<CodecServer> {
  const { origins, codecs, host, port } = options;
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: REQUEST_TIMEOUT_MS },
    forceCloseConnections: true,
    frameworkErrors: (_error, _request, reply: FastifyReply) => reply.code(400).send({ message: 'no URL' }),
  });
  prepareListener(app.server);
  await app.register(cors, {
    origin: [...origins],
    methods: ['POST'],
    allowedHeaders: ['Authorization', 'Content-Type', 'X-Namespace'],
    // The web UI can be set to send them. Nothing here looks at a cookie, so nobody's browser is asked in his name.
    credentials: true,
    maxAge: PREFLIGHT_S,
    strictPreflight: false,
  });
  app.get('/health', async () => ({ status: 'ok' }));
  answer(app, '/decode', options, async (payloads) => {
    let decoded = payloads;
    for (const codec of codecs.toReversed()) decoded = await codec.decode(decoded);
    return decoded;
  });
  answer(app, '/encode', options, async (payloads) => {
    let encoded = payloads;
    for (const codec of codecs) encoded = await codec.encode(encoded);
    return encoded;
  });
  await app.listen({ host, port });
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
}

function answer(
  app: FastifyInstance,
  url: string,
  { origins, authorize, log }: CodecServerOptions,
  convert: Convert,
): void {
  const details = ({ headers }: FastifyRequest, more: object = {}) => ({
    url,
    namespace: String(headers['x-namespace'] ?? '').slice(0, MAX_NAME_LENGTH),
    ...more,
  });
  app.post(url, async (request, reply) => {
    const { origin, authorization } = request.headers;
    // A browser keeps an answer from a page of another origin, but would have had the request answered.
    if (origin !== undefined && !origins.includes(origin)) {
      log(
        'warn',
        'A page of an origin that CODEC_SERVER_ORIGINS does not name was refused',
        details(request),
      );
      return reply.code(403).send({ message: 'CODEC_SERVER_ORIGINS does not name the origin of this page' });
    }
    let who: string | undefined;
    try {
      who = await authorize(authorization);
    } catch (error) {
      log('warn', 'Tokens cannot be checked now', details(request, { why: messageOf(error) }));
      return reply.code(503).send({ message: 'tokens cannot be checked now' });
    }
    if (who === undefined) {
      log('warn', 'A request without a valid token was refused', details(request));
      return reply
        .code(401)
        .header('WWW-Authenticate', 'Bearer')
        .send({ message: 'a valid bearer token is needed' });
    }
    const parsed = requestSchema.safeParse(request.body);
    if (!parsed.success) return reply.code(400).send({ message: 'the body must be {"payloads": [...]}' });
    try {
      const payloads = await convert(parsed.data.payloads);
      log(
        'info',
        'Payloads were converted',
        details(request, { who: who.slice(0, MAX_NAME_LENGTH), payloads: payloads.length }),
      );
      return { payloads: payloads.map(toJson) };
    } catch (error) {
      const message = messageOf(error);
      log('warn', 'Payloads could not be converted', details(request, { why: message }));
      return reply.code(400).send({ message });
    }
  });
}

/** As Temporal's codec servers write protobuf as JSON. */
function toJson({ metadata, data }: Payload): object {
  const fields = Object.entries(metadata ?? {}).map(([name, value]) => [name, inBase64(value)]);
  return { metadata: Object.fromEntries(fields), ...(data && { data: inBase64(data) }) };
}

function inBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
