/**
 * An Azure Key Vault for Microsoft's own client: it asks for a token by its challenge, as the real one does, and takes those of
 * the tenant alone (Microsoft: "Authentication, requests and responses", "Get Secret").
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Emulator } from '../../src/testing/emulator';
import { selfSigned } from './certificate';
import { trust } from './trusted-certificate';

const VAULT_RESOURCE = 'https://vault.azure.net';

export interface KeyVault {
  readonly url: string;
  /** Of its TLS, PEM. */
  readonly certificate: string;
  /** By their names in the vault, which has letters, digits and `-` alone. */
  readonly secrets: Map<string, string>;
  /** Names that were asked for with a good token, in turn. */
  readonly seen: readonly string[];
  /** How many requests were refused with 401: each client's first one, and those with a token that is over. */
  readonly refused: number;
  /** The status of every answer, in the place of the secret. @default none */
  trouble: number | undefined;
  close(): Promise<void>;
}

/** @param emulator the tenant of the vault, which may be started later. */
export async function startKeyVault(emulator: () => Emulator): Promise<KeyVault> {
  const tls = selfSigned(['127.0.0.1']);
  const distrust = trust(tls.cert);
  const secrets = new Map<string, string>();
  const seen: string[] = [];
  const vault = { secrets, seen, refused: 0, trouble: undefined as number | undefined };
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const [, token = ''] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (!emulator().takesToken(token, VAULT_RESOURCE)) {
      vault.refused += 1;
      const message = `AKV10000: the token ${token} is no good`;
      const tenant = `${emulator().authorityHost}/emulator.onmicrosoft.com`;
      const challenge = `Bearer authorization="${tenant}", resource="${VAULT_RESOURCE}"`;
      return send(response, 401, failure('Unauthorized', message), { 'WWW-Authenticate': challenge });
    }
    const [, name = ''] = /^\/secrets\/([0-9A-Za-z-]{1,127})(?:\/|\?|$)/.exec(request.url ?? '') ?? [];
    seen.push(name);
    if (vault.trouble !== undefined) {
      const message = `Caller is not authorized. Caller: appid=${emulator().clientId}`;
      return send(response, vault.trouble, failure('Forbidden', message));
    }
    const value = secrets.get(name);
    if (value === undefined) return send(response, 404, failure('SecretNotFound', `no ${name}`));
    const now = Math.floor(Date.now() / 1000);
    const attributes = { enabled: true, created: now, updated: now, recoveryLevel: 'Recoverable+Purgeable' };
    return send(response, 200, { value, id: `${url}/secrets/${name}/0123456789abcdef`, attributes });
  };
  const server = https.createServer(tls, answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(vault, {
    url,
    certificate: tls.cert,
    async close() {
      distrust();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

function failure(code: string, message: string) {
  return { error: { code, message } };
}

function send(response: ServerResponse, status: number, body: object, headers: object = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}
