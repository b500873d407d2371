import type { ServerResponse } from 'node:http';
import {
  clientOf,
  closeServers,
  failureOf,
  type ScriptedServer,
  send,
  serve,
  TOKEN,
  until,
  whoAmI,
} from '../scripted-server';

afterEach(closeServers);

const LIMIT = 40;

/** A server that holds every answer back until it is let go. */
async function holding(): Promise<ScriptedServer & { held: ServerResponse[] }> {
  const held: ServerResponse[] = [];
  const server = await serve();
  server.always((_seen, response) => {
    held.push(response);
    return undefined;
  });
  return { ...server, held };
}

const answer = (response: ServerResponse | undefined) => response && send(response, whoAmI());

describe('towards one organization', () => {
  it('the 41st request waits for an answer to one of the others, whoever made the clients', async () => {
    const server = await holding();
    const calls = Array.from({ length: LIMIT + 1 }, (_, index) =>
      clientOf(server, { credentials: { type: 'bearer', token: `${TOKEN}-${index}` } }).whoAmI(),
    );
    await until(() => server.held.length === LIMIT);
    const other = await serve(whoAmI());
    // A whole exchange with somebody else later, it still has not been sent.
    await clientOf(other).whoAmI();
    expect(server.seen).toHaveLength(LIMIT);
    answer(server.held[0]);
    await until(() => server.held.length === LIMIT + 1);
    server.held.slice(1).forEach(answer);
    await expect(Promise.all(calls)).resolves.toHaveLength(LIMIT + 1);
  });

  it('those that wait are sent in the order in which they came, and places are given back', async () => {
    const server = await holding();
    const calls = Array.from({ length: LIMIT + 3 }, (_, index) =>
      clientOf(server, { credentials: { type: 'bearer', token: `token-${index}` } }).whoAmI(),
    );
    for (let done = 0; done < calls.length; done += 1) {
      await until(() => server.held.length === Math.min(LIMIT + done, calls.length));
      answer(server.held[done]);
    }
    await Promise.all(calls);
    const late = server.seen.slice(LIMIT).map(({ headers }) => headers.authorization);
    expect(late).toEqual([0, 1, 2].map((index) => `Bearer token-${LIMIT + index}`));
  });

  it('a request that is aborted while it waits is never sent, and takes no place', async () => {
    const server = await holding();
    const client = clientOf(server);
    const calls = Array.from({ length: LIMIT }, () => client.whoAmI());
    await until(() => server.held.length === LIMIT);
    const giveUp = new AbortController();
    const aborted = failureOf(client.whoAmI({ signal: giveUp.signal }));
    const last = client.whoAmI();
    giveUp.abort();
    await expect(aborted).resolves.toMatchObject({ kind: 'aborted', outcome: 'refused' });
    answer(server.held[0]);
    await until(() => server.held.length === LIMIT + 1);
    server.held.slice(1).forEach(answer);
    await Promise.all([...calls, last]);
    expect(server.seen).toHaveLength(LIMIT + 1);
  });

  it('a request that fails gives its place back too', async () => {
    const server = await serve();
    server.always({ status: 500 });
    const calls = Array.from({ length: 3 * LIMIT }, () => failureOf(clientOf(server).whoAmI()));
    await Promise.all(calls);
    expect(server.seen).toHaveLength(3 * LIMIT);
  });
});
