import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Emulator,
  type EmulatorOptions,
  INVOICE_FLOWS,
  startEmulator,
} from '../../../src/testing/emulator';

export const ENTER = INVOICE_FLOWS.flows[0]?.id as string;
export const PAY = INVOICE_FLOWS.flows[1]?.id as string;
export const ARCHIVE = INVOICE_FLOWS.flows[2]?.id as string;

export const NOW = Date.parse('2026-03-02T08:00:00.000Z');

/** An emulator whose time only the test moves. */
export async function startWithClock(options: EmulatorOptions = {}) {
  let now = NOW;
  const emulator = await startEmulator({ ...options, clock: () => now });
  const pass = (ms: number) => {
    now += ms;
    emulator.advance();
  };
  return { emulator, pass };
}

export function call(emulator: Emulator, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${emulator.url}/api/data/v9.2/${path}`, {
    ...init,
    headers: { Authorization: `Bearer ${emulator.bearerToken}`, Accept: 'application/json', ...init.headers },
  });
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
export async function json(response: Response | Promise<Response>): Promise<any> {
  return (await response).json();
}

export const minimal = { runMode: 'unattended', connectionName: 'shared-connection' };

export function trigger(emulator: Emulator, body: object = {}, flowId = ENTER): Promise<Response> {
  return call(emulator, `workflows(${flowId})/Microsoft.Dynamics.CRM.RunDesktopFlow`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...minimal, ...body }),
  });
}

export async function start(emulator: Emulator, body: object = {}, flowId = ENTER): Promise<string> {
  return (await json(trigger(emulator, body, flowId))).flowsessionId;
}

export function cancel(emulator: Emulator, id: string): Promise<Response> {
  return call(emulator, `flowsessions(${id})/Microsoft.Dynamics.CRM.CancelDesktopFlowRun`, {
    method: 'POST',
  });
}

export async function statusOf(emulator: Emulator, id: string): Promise<number> {
  return (await json(call(emulator, `flowsessions(${id})?$select=statuscode`))).statuscode;
}

export function query(
  emulator: Emulator,
  options: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return call(emulator, `flowsessions?${new URLSearchParams(options)}`, { headers });
}

export async function idsFor(emulator: Emulator, options: Record<string, string>): Promise<string[]> {
  const { value } = await json(query(emulator, { $select: 'flowsessionid', ...options }));
  return value.map((row: { flowsessionid: string }) => row.flowsessionid);
}

export function requestToken(emulator: Emulator, fields: Record<string, string | undefined> = {}) {
  const form = {
    grant_type: 'client_credentials',
    client_id: emulator.clientId,
    client_secret: emulator.clientSecret,
    scope: `${emulator.url}/.default`,
    ...fields,
  };
  const given = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return fetch(emulator.tokenEndpoint, { method: 'POST', body: new URLSearchParams(given) });
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A callback receiver that answers with the given statuses in turn, the last of them from then on. */
export async function startReceiver(...statuses: number[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    response.statusCode = statuses[Math.min(received.length, statuses.length) - 1] ?? 200;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url, received, close };
}
