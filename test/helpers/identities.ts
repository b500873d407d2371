/** What an application of the tests proves itself by: certificates, and tokens of a cluster of Kubernetes. */
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/testing/emulator';
import { type Certificate, selfSigned } from './certificate';
import { trust } from './trusted-certificate';

const ISSUER = 'https://oidc.cluster.example';
const SUBJECT = 'system:serviceaccount:robots:worker';

/** A certificate with its key, in one PEM text. */
export const pemOf = ({ cert, key }: Certificate) => `${cert}${key}`;

export class Cluster {
  #keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

  /** The cluster has a new key, and with it new tokens. */
  rotate(): void {
    this.#keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  }

  get federated() {
    const publicKey = this.#keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    return [{ issuer: ISSUER, subject: SUBJECT, publicKey }];
  }

  /** The token of a service account, as Kubernetes projects it into a pod. */
  token(lifeSeconds = 3600): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: ISSUER,
      sub: SUBJECT,
      aud: ['api://AzureADTokenExchange'],
      iat: now,
      nbf: now,
      exp: now + lifeSeconds,
      jti: randomUUID(),
    };
    return jwt({ alg: 'RS256' }, claims, this.#keys.privateKey);
  }
}

function jwt(header: object, claims: object, key: KeyObject): string {
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const text = parts.join('.');
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

/** A folder with files that are replaced at once, as Kubernetes replaces them. */
export class MountedFolder {
  readonly path = mkdtempSync(path.join(tmpdir(), 'mounted-'));

  /** @returns its path. */
  put(name: string, text: string): string {
    const file = path.join(this.path, name);
    const next = path.join(this.path, `..${randomUUID()}`);
    writeFileSync(next, text, { mode: 0o600 });
    renameSync(next, file);
    return file;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export interface Tenant {
  emulator: Emulator;
  authorityHost: string;
  close(): Promise<void>;
}

/** An emulator with TLS, whose certificate this process trusts. */
export async function startTenant(options: EmulatorOptions = {}): Promise<Tenant> {
  const tls = selfSigned(['127.0.0.1', 'localhost']);
  const distrust = trust(tls.cert);
  const emulator = await startEmulator({ tls, ...options });
  return {
    emulator,
    authorityHost: emulator.authorityHost ?? '',
    async close() {
      distrust();
      await emulator.close();
    },
  };
}
