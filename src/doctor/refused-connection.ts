/** HOST: whether anything listens at an address: gRPC goes on trying, and tells only that its time is over. */
import { once } from 'node:events';
import { connect } from 'node:net';

/** gRPC connects through them, and nobody else has to reach the address. */
const PROXIES = ['grpc_proxy', 'https_proxy', 'http_proxy', 'HTTPS_PROXY', 'HTTP_PROXY'];

/** Rejects with what the system says where the connection is refused at once; ends otherwise. */
export async function failIfRefused(address: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const url = `tcp://${address}`;
  if (!URL.canParse(url) || PROXIES.some((name) => environment[name])) return;
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
  socket.unref();
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
