/** HOST: whether anything listens at an address: gRPC goes on trying, and tells only that its time is over. */
import { once } from 'node:events';
import { connect } from 'node:net';

/** gRPC connects through them, and nobody else has to reach the address. */
const PROXIES = ['grpc_proxy', 'https_proxy', 'http_proxy', 'HTTPS_PROXY', 'HTTP_PROXY'];

/** Rejects with what the system says where the connection is refused, or not made in time; ends otherwise. */
export async function failIfRefused(
  address: string,
  environment: NodeJS.ProcessEnv,
  patienceMs: number,
): Promise<void> {
  const url = `tcp://${address}`;
  if (!URL.canParse(url) || PROXIES.some((name) => environment[name])) return;
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
  const late = new Error(`no answer within ${patienceMs / 1000} s`);
  const timer = setTimeout(() => socket.destroy(late), patienceMs);
  try {
    await once(socket, 'connect');
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
