/**
 * HOST, development only: serves the emulator's own HTTP interface under /__emulator, for people and tests in other
 * processes.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { isLoopback } from '../../../common/schema/urls';
import { statusSchema } from '../setup/flows-file';
import { InvalidError, validate } from '../setup/validate';
import { toSeenSession } from '../world/seen';
import type { World } from '../world/world';

const forcedStatusSchema = z.strictObject({
  status: statusSchema,
  errorCode: z.string().optional(),
  errorMessage: z.string().optional(),
});

export function adminRoutes(world: World) {
  return async (app: FastifyInstance): Promise<void> => {
    app.addHook('onRequest', async (request, reply) => {
      if (!isOfWebPage(request, world)) return;
      return reply.code(403).send({ error: 'This interface is for programs, not for web pages.' });
    });

    app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
      const status = error instanceof InvalidError ? 400 : (error.statusCode ?? 500);
      return reply.code(status).send({ error: error.message });
    });

    app.get('/health', async () => ({ status: 'ok' }));

    app.get('/state', async () => {
      world.advance();
      return {
        ...world.seen(),
        flows: [...world.flows.values()].map(({ id, name, published }) => ({ id, name, published })),
        faults: world.faults.injected,
        setupFaults: [...world.setupFaults],
      };
    });

    // The state of many runs is large: this is for clients that only wait or count.
    app.get('/counts', async () => {
      world.advance();
      const { counts, refusals } = world.log;
      return { counts, refusals, sessions: world.runs.countByStatus() };
    });

    app.get('/sessions', async () => {
      world.advance();
      return world.runs.all.map(toSeenSession);
    });

    app.post('/faults', async (request, reply) => {
      for (const fault of [request.body].flat()) world.faults.inject(fault);
      return reply.code(204).send();
    });

    app.delete('/faults', async (_request, reply) => {
      world.faults.clear();
      return reply.code(204).send();
    });

    app.post('/setup-faults', async (request, reply) => {
      world.breakSetUp(request.body);
      return reply.code(204).send();
    });

    app.delete('/setup-faults', async (_request, reply) => {
      world.setupFaults.clear();
      return reply.code(204).send();
    });

    app.post('/flows', async (request, reply) => {
      const { id, name } = world.addFlow(request.body);
      return reply.code(201).send({ id, name });
    });

    app.post<{ Params: { id: string } }>('/sessions/:id/status', async (request, reply) => {
      const { status, ...error } = validate(forcedStatusSchema, request.body, 'The status');
      const run = world.runs.find(request.params.id);
      if (run === undefined) return reply.code(404).send({ error: `There is no run ${request.params.id}.` });
      world.runs.setStatus(run, status, error);
      return reply.code(204).send();
    });

    app.post('/reset', async (_request, reply) => {
      world.reset();
      return reply.code(204).send();
    });
  };
}

/**
 * Any page that a developer's browser shows can send requests to loopback, and with a name of its own that leads there
 * read the answers. Browsers tell the page of the first kind; in the second kind the host is no loopback one.
 */
function isOfWebPage({ headers, hostname }: FastifyRequest, { settings }: World): boolean {
  return headers.origin !== undefined || !(settings.allowRemote || isLoopback(hostname));
}
