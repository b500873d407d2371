/** HOST: reads the settings of `desktop-flow codec-server` from the environment. */
import type { Authorization } from '../codec-server/authorization';
import { isLoopback } from '../common/schema/urls';
import { splitList } from '../common/split-list';
import { ENCRYPTION_KEYS } from '../encryption/keys';
import { isPort } from './callbacks';
import { readLogLevel } from './config';
import { ConfigError } from './config-error';
import type { Listener } from './operations';
import { type EncryptionSettings, readEncryption } from './payloads';

export interface CodecServerConfig extends Listener, Authorization {
  encryption: EncryptionSettings;
  /** CODEC_SERVER_ORIGINS. */
  origins: string[];
  /** LOG_LEVEL, one of pino's. @default 'info' */
  logLevel: string;
}

/** Where Temporal's samples have theirs. */
const DEFAULT_PORT = 8888;

/** Of a token that all share. */
const MINIMUM_TOKEN_LENGTH = 16;

/** @throws ConfigError */
export function readCodecServerConfig(environment: NodeJS.ProcessEnv): CodecServerConfig {
  const read = (name: string) => environment[name]?.trim() || undefined;
  const problems: string[] = [];
  const encryption = readEncryption(read, problems);
  if (encryption === undefined && problems.length === 0)
    problems.push(`${ENCRYPTION_KEYS} or ${ENCRYPTION_KEYS}_FILE must be set, as for the workers`);
  const host = read('CODEC_SERVER_HOST') ?? '127.0.0.1';
  const port = Number(read('CODEC_SERVER_PORT') ?? DEFAULT_PORT);
  if (!isPort(port)) problems.push('CODEC_SERVER_PORT must be a whole number from 1 to 65535');
  const origins = splitList(read('CODEC_SERVER_ORIGINS'));
  if (origins.length === 0 || !origins.every(isOrigin))
    problems.push(
      'CODEC_SERVER_ORIGINS must list the origins of the web UIs that may ask, such as http://localhost:8233, comma-separated',
    );
  const token = read('CODEC_SERVER_TOKEN');
  if (token !== undefined && !isToken(token))
    problems.push(
      `CODEC_SERVER_TOKEN must have at least ${MINIMUM_TOKEN_LENGTH} characters: letters, digits and -._~+/=`,
    );
  const issuer = readIssuer(read, problems);
  if (!isLoopback(host) && host !== '::1' && token === undefined && issuer === undefined)
    problems.push(
      'CODEC_SERVER_TOKEN or CODEC_SERVER_ISSUER must be set: whoever reaches CODEC_SERVER_HOST could read every payload',
    );
  const logLevel = readLogLevel(read, problems);
  if (problems.length > 0 || encryption === undefined) throw new ConfigError(problems);
  return { encryption, host, port, origins, logLevel, ...(token && { token }), ...(issuer && { issuer }) };
}

function readIssuer(read: (name: string) => string | undefined, problems: string[]): Authorization['issuer'] {
  const issuer = read('CODEC_SERVER_ISSUER');
  const audience = read('CODEC_SERVER_AUDIENCE');
  const jwksUrl = read('CODEC_SERVER_JWKS_URL');
  if (issuer === undefined && audience === undefined && jwksUrl === undefined) return undefined;
  if (issuer === undefined || audience === undefined || jwksUrl === undefined) {
    problems.push(
      'CODEC_SERVER_ISSUER, CODEC_SERVER_AUDIENCE and CODEC_SERVER_JWKS_URL must be set together',
    );
    return undefined;
  }
  if (!isSafeUrl(jwksUrl)) problems.push('CODEC_SERVER_JWKS_URL must be an https URL');
  return { issuer, audience, jwksUrl };
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text);
}

function isToken(text: string): boolean {
  return text.length >= MINIMUM_TOKEN_LENGTH && /^[\w.~+/=-]+$/.test(text);
}

/** Who could change the keys on their way could make any token. */
function isSafeUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
}
