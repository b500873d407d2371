import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const root = join(__dirname, '..', '..');
export const composeText = readFileSync(join(root, 'docker-compose.yml'), 'utf8');

export interface Service {
  image?: string;
  build?: string;
  restart?: string;
  command?: string[];
  network_mode?: string;
  profiles?: string[];
  ports?: string[];
  volumes?: string[];
  configs?: { source: string }[];
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string | null>;
  healthcheck?: { test: string[] };
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  configs: Record<string, { content?: string }>;
}

export const compose: Compose = parse(composeText);
export const services = Object.entries(compose.services);

/** A service that has to be there. */
export function service(name: string): Service {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service '${name}'`);
  return found;
}

/** A service's health check as a command of this machine. */
export function healthCommand(name: string): [command: string, args: string[]] {
  const [kind, command, ...args] = service(name).healthcheck?.test ?? [];
  if (kind !== 'CMD' || command === undefined)
    throw new Error(`'${name}' has no health check of the CMD form`);
  return [command, args];
}
