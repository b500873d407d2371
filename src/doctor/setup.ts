/** HOST: the set-up that is examined: its variables, and what is asked of its servers, each once. */
import type { Connection } from '@temporalio/client';
import { splitList } from '../common/split-list';
import {
  ConfigError,
  type PowerAutomateConfig,
  readConfig,
  readPowerAutomateConfig,
  readTemporalConfig,
  type TemporalConfig,
} from '../config/config';
import { configuredSecrets } from '../config/secret-providers';
import { tokenSourceFor } from '../dataverse/auth/token-source';
import { jsonObject } from '../dataverse/http/answers';
import type { HttpAnswer } from '../dataverse/http/exchange';
import { send } from '../dataverse/http/transport';
import { type Call, Session } from '../dataverse/session';
import { openConnection } from '../temporal/closed-connection';
import { DEFAULT_ADDRESS } from '../temporal/connection';
import { type Poller, recentPollers } from '../temporal/pollers';
import { failIfRefused } from './refused-connection';

/** All checks together are to take less than ten seconds. */
const PATIENCE_MS = 5_000;

const MOST_BYTES = 8 * 1024 * 1024;

type Environment = NodeJS.ProcessEnv;

export interface SetupOptions {
  /** The variables of the worker. */
  environment: Environment;
  /** Id or name of a desktop flow. */
  flow?: string;
  /** Name of a connection. */
  connection?: string;
  /** Logical name of a connection reference. */
  reference?: string;
  /** For one answer of one server, in milliseconds. @default 5000 */
  patienceMs?: number;
  /** Of this package, as the workers tell it. */
  version: string;
}

export class Setup {
  readonly options: SetupOptions;
  readonly patienceMs: number;
  /** What is wrong with the variables, a line each. */
  readonly problems: readonly string[];
  readonly temporal: TemporalConfig | undefined;
  /** Without the variables that are wrong. */
  readonly powerAutomate: PowerAutomateConfig | undefined;
  readonly secrets: readonly string[];
  readonly #answers = new Map<string, Promise<unknown>>();

  constructor(options: SetupOptions) {
    const { environment } = options;
    this.options = options;
    this.patienceMs = options.patienceMs ?? PATIENCE_MS;
    this.problems = problemsOf(() => configuredSecrets(environment, readConfig(environment)));
    this.temporal = orUndefined(() => readTemporalConfig(environment));
    this.powerAutomate = readWithoutWrongOnes(environment);
    this.secrets = secretsIn(environment, this.temporal);
  }

  variable(name: string): string | undefined {
    return this.options.environment[name]?.trim() || undefined;
  }

  /** The lines about these variables. */
  problemsWith(names: RegExp): readonly string[] {
    return this.problems.filter((problem) => names.test(problem));
  }

  /** To Temporal. */
  connection(): Promise<Connection> {
    return this.#once('connection', async () => {
      const options = this.temporal?.temporal.connectionOptions;
      // Before gRPC begins: what it has begun keeps the process from ending until its time is over.
      await failIfRefused(this.address, this.options.environment, this.patienceMs);
      return openConnection({ ...options, connectTimeout: this.patienceMs });
    });
  }

  /** Of Temporal. */
  get address(): string {
    return this.temporal?.temporal.connectionOptions.address ?? DEFAULT_ADDRESS;
  }

  get namespace(): string {
    return this.temporal?.namespace ?? 'default';
  }

  get taskQueue(): string {
    return this.temporal?.taskQueue ?? '';
  }

  /** Origin of the organization. */
  get organization(): string {
    return this.powerAutomate?.organizationUri ?? '';
  }

  /** What the organization answers to somebody without a token. */
  stranger(): Promise<HttpAnswer> {
    return this.#once('stranger', () =>
      send({
        method: 'GET',
        url: new URL('/api/data/v9.2/WhoAmI', this.organization),
        headers: { Accept: 'application/json' },
        timeoutMs: this.patienceMs,
        maxBytes: MOST_BYTES,
      }),
    );
  }

  token(): Promise<string> {
    return this.#once('token', () => {
      const { credentials } = this.powerAutomate ?? {};
      if (credentials === undefined) throw new TypeError('there are no credentials');
      const source = tokenSourceFor(new URL(this.organization), credentials);
      return source.token(AbortSignal.timeout(this.patienceMs));
    });
  }

  /** @throws DataverseError for any status other than 2xx */
  ask(path: string, headers: Call['headers'] = {}): Promise<HttpAnswer> {
    const key = JSON.stringify([path, headers]);
    return this.#once(key, async () => (await this.#session()).call({ path, headers }));
  }

  async rows(path: string, headers: Call['headers'] = {}): Promise<Record<string, unknown>[]> {
    const { value } = jsonObject(await this.ask(path, headers));
    return Array.isArray(value) ? value : [];
  }

  /** The systemuserid of the caller. */
  async userId(): Promise<string> {
    return String(jsonObject(await this.ask('WhoAmI')).UserId);
  }

  /** Who polls a task queue. */
  pollers(taskQueue: string, taskQueueType: number): Promise<Poller[]> {
    return this.#once(JSON.stringify(['pollers', taskQueue, taskQueueType]), async () =>
      recentPollers(await this.connection(), { namespace: this.namespace, taskQueue, taskQueueType }),
    );
  }

  async close(): Promise<void> {
    const connection = (await this.#answers.get('connection')?.catch(() => undefined)) as
      | Connection
      | undefined;
    await connection?.close();
  }

  #session(): Promise<Session> {
    return this.#once('session', async () => {
      const { credentials } = this.powerAutomate ?? {};
      if (credentials === undefined) throw new TypeError('there are no credentials');
      const { limits } = this.powerAutomate ?? {};
      return new Session(new URL(this.organization), credentials, this.patienceMs, limits, this.secrets);
    });
  }

  #once<T>(key: string, ask: () => T | Promise<T>): Promise<T> {
    const asked = this.#answers.get(key) ?? Promise.resolve().then(ask);
    this.#answers.set(key, asked);
    return asked as Promise<T>;
  }
}

/** The variables that a line names; `TEMPORAL_*` stands for all of them. */
const NAMES = /\b(?:POWER_AUTOMATE|CALLBACK)_[A-Z_]+/g;

/** Reads again without the variables that are wrong, so that one of them does not hide what the others say. */
function readWithoutWrongOnes(environment: Environment): PowerAutomateConfig | undefined {
  const rest = { ...environment };
  for (;;) {
    const problems = problemsOf(() => readPowerAutomateConfig(rest));
    if (problems.length === 0) return readPowerAutomateConfig(rest);
    const wrong = problems.flatMap((problem) => problem.match(NAMES) ?? []).filter((name) => name in rest);
    if (wrong.length === 0) return undefined;
    for (const name of wrong) delete rest[name];
  }
}

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function secretsIn(environment: Environment, temporal: TemporalConfig | undefined): string[] {
  const { apiKey } = temporal?.temporal.connectionOptions ?? {};
  const named = [
    environment.POWER_AUTOMATE_CLIENT_SECRET,
    environment.POWER_AUTOMATE_CLIENT_ID,
    environment.POWER_AUTOMATE_BEARER_TOKEN,
    environment.POWER_AUTOMATE_CLIENT_CERTIFICATE_PASSWORD,
    environment.TEMPORAL_API_KEY,
    ...splitList(environment.CALLBACK_SIGNING_KEYS),
    apiKey,
  ];
  return named.flatMap((secret) =>
    typeof secret === 'string' && secret.trim() !== '' ? [secret.trim()] : [],
  );
}
