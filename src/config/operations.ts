/** HOST: reads from the environment what an operator's systems ask the process for: metrics, health, traces. */
import { isPort } from './callbacks';

/** One listener. */
export interface Listener {
  port: number;
  host: string;
}

export interface OperationsSettings {
  /** METRICS_PORT and METRICS_HOST: where Prometheus reads the metrics. @default no metrics */
  metrics?: Listener;
  /** HEALTH_PORT and HEALTH_HOST: where `/live` and `/ready` answer. @default nowhere */
  health?: Listener;
  /** OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set: traces go there. @default false */
  traces: boolean;
}

const LOOPBACK = '127.0.0.1';
const OTLP_ENDPOINTS = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

/** Adds what is wrong to `problems`. Whoever may reach a listener needs no password, so each is on loopback unless told. */
export function readOperationsSettings(
  read: (name: string) => string | undefined,
  problems: string[],
): OperationsSettings {
  const metrics = readListener(read, 'METRICS', problems);
  const health = readListener(read, 'HEALTH', problems);
  const ports = [metrics?.port, health?.port, Number(read('CALLBACK_PORT'))].filter((port) => port);
  if (new Set(ports).size < ports.length)
    problems.push('METRICS_PORT, HEALTH_PORT and CALLBACK_PORT must be different ports');
  for (const name of OTLP_ENDPOINTS) {
    const url = read(name);
    if (url !== undefined && !isHttpUrl(url))
      problems.push(`${name} must be a URL such as http://127.0.0.1:4318`);
  }
  return {
    ...(metrics && { metrics }),
    ...(health && { health }),
    traces: OTLP_ENDPOINTS.some((name) => read(name) !== undefined),
  };
}

function readListener(
  read: (name: string) => string | undefined,
  what: 'METRICS' | 'HEALTH',
  problems: string[],
): Listener | undefined {
  const text = read(`${what}_PORT`);
  const host = read(`${what}_HOST`) ?? LOOPBACK;
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!isPort(port)) problems.push(`${what}_PORT must be a whole number from 1 to 65535`);
  return { port, host };
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
