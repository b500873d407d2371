/** HOST, development only: finds a free port. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Finds a port of loopback that was free a moment ago; another process may still take it first. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
