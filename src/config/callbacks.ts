/** HOST: reads the settings of callbacks from the environment. */
import {
  callbackUrlProblem,
  INERT_CALLBACK_BASE_URL,
  isInert,
  isLoopback,
  NO_CALLBACK_BASE_URL,
} from '../common/schema/urls';
import { splitList } from '../common/split-list';
import type { DataverseCredentials } from '../dataverse';
import { SIGNING_KEYS } from './secrets';
import { fixedSecretOf, MINIMUM_KEY_LENGTH } from './signing-keys';

export interface CallbackSettings {
  /** CALLBACK_BASE_URL: the callback URLs of robots are below it, each with a key. 'off': none. @default an inert one */
  callbackBaseUrl: string;
  /** CALLBACK_PORT: where callbacks are received. @default no receiver */
  callbackPort?: number;
  /** CALLBACK_HOST. @default '127.0.0.1' */
  callbackHost?: string;
  /** CALLBACK_SIGNING_KEYS, comma-separated. */
  signingKeys: string[];
}

/** The column of the URL holds 2000 characters; key and signature take their share. */
const MAX_BASE_URL_LENGTH = 1800;

export interface CallbackSettingsContext {
  organizationUri?: string;
  credentials?: DataverseCredentials;
  /** Whether this process is there to receive callbacks. @default false */
  receives?: boolean;
}

/** Adds what is wrong to `problems`. Only an emulator may be called back on loopback. */
export function readCallbackSettings(
  read: (name: string) => string | undefined,
  { organizationUri, credentials, receives = false }: CallbackSettingsContext,
  problems: string[],
): CallbackSettings {
  const callbackBaseUrl = read('CALLBACK_BASE_URL') ?? INERT_CALLBACK_BASE_URL;
  const signingKeys = splitList(read(SIGNING_KEYS));
  if (signingKeys.some((key) => key.length < MINIMUM_KEY_LENGTH)) {
    problems.push(`${SIGNING_KEYS} must hold keys of at least ${MINIMUM_KEY_LENGTH} characters each`);
  }
  const port = read('CALLBACK_PORT');
  if (receives && port === undefined) {
    problems.push('CALLBACK_PORT must be set: it is where callbacks are received');
  }
  const callbackPort = port === undefined ? undefined : Number(port);
  if (callbackPort !== undefined && !isPort(callbackPort)) {
    problems.push('CALLBACK_PORT must be a whole number from 1 to 65535');
  }
  const isOff = callbackBaseUrl === NO_CALLBACK_BASE_URL;
  const isNeverCalled = isOff || isInert(callbackBaseUrl);
  if (isNeverCalled && (receives || port !== undefined)) {
    problems.push(
      'CALLBACK_BASE_URL must be set to a URL that Dataverse can call: CALLBACK_PORT is where its callbacks are received',
    );
  }
  if (isOff) return { callbackBaseUrl, signingKeys };
  const isLocal = isLoopbackUrl(callbackBaseUrl) && isLoopbackUrl(organizationUri);
  const problem = isLocal ? undefined : callbackUrlProblem(callbackBaseUrl);
  if (problem) problems.push(`CALLBACK_BASE_URL ${problem}`);
  else if (/[?#]/.test(callbackBaseUrl) || callbackBaseUrl.length > MAX_BASE_URL_LENGTH) {
    problems.push(
      `CALLBACK_BASE_URL must have no query and no fragment, and at most ${MAX_BASE_URL_LENGTH} characters`,
    );
  }
  if (!isNeverCalled && signingKeys.length === 0 && fixedSecretOf(credentials) === undefined) {
    problems.push(
      `${SIGNING_KEYS} must be set: the worker has no credentials to derive a key from for CALLBACK_BASE_URL`,
    );
  }
  const callbackHost = read('CALLBACK_HOST');
  return {
    callbackBaseUrl,
    signingKeys,
    ...(callbackPort !== undefined && { callbackPort }),
    ...(callbackHost && { callbackHost }),
  };
}

export function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 65_535;
}

function isLoopbackUrl(text: string | undefined): boolean {
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && isLoopback(url.hostname);
}
