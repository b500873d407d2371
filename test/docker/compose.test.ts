import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DCLinter } from 'dclint';
import { parse } from 'yaml';
import { compose, composeText, root, service, services } from './compose-file';

const longLived = services.filter(([, { restart }]) => restart === 'unless-stopped');
const once = services.filter(([, { restart }]) => restart !== 'unless-stopped');

test('the file holds to the Compose Specification and to the rules of dclint that are not about order', () => {
  const linter = new DCLinter({
    rules: {
      // The file is read from the database to the worker, not from A to Z.
      'services-alphabetical-order': 0,
      'service-keys-order': 0,
      'service-dependencies-alphabetical-order': 0,
      // The tag names what `build` makes, so that the emulator runs the very image of the worker.
      'no-build-and-image': 0,
      'require-quotes-in-ports': [1, { quoteType: 'double' }],
    },
    quiet: true,
    debug: false,
    exclude: [],
  });
  const [result, ...others] = linter.lintFiles([join(root, 'docker-compose.yml')], false);
  expect(others).toEqual([]);
  expect(result?.messages).toEqual([]);
});

test('a file that breaks the Compose Specification is told from one that holds to it', () => {
  const linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] });
  const [result] = linter.lintFiles([join(__dirname, 'broken-compose.yml')], false);
  expect(result?.messages).toContainEqual(expect.objectContaining({ rule: 'invalid-schema' }));
});

test('there is Temporal on PostgreSQL with its web UI, the worker, and the emulator in a profile of its own', () => {
  expect(longLived.map(([name]) => name)).toEqual(['postgresql', 'temporal', 'ui', 'worker', 'emulator']);
  expect(once.map(([name]) => name)).toEqual(['schema', 'namespace']);
  expect(services.filter(([, { profiles }]) => profiles).map(([name]) => name)).toEqual(['emulator']);
});

test('every variable that holds a secret comes from the environment, and one that is needed is asked for', () => {
  const secret = /PASSWORD|PWD|TOKEN$|SECRET|CLIENT_ID|API_KEY|ENCRYPTION_KEYS|ACCOUNT_KEY|SIGNATURE/;
  const values = services.flatMap(([, { environment = {} }]) =>
    Object.entries(environment).filter(([name]) => secret.test(name)),
  );
  expect(values.length).toBeGreaterThan(5);
  for (const [name, value] of values) {
    expect(`${name}=${value ?? ''}`).toMatch(/^\w+=(\$\{POSTGRES_PASSWORD:\?.+\})?$/);
  }
  expect(composeText).not.toMatch(/:\/\/[^/\s]*:[^/\s]*@/);
});

describe("every variable of the worker's that docs/configuration.md names", () => {
  /** `TEMPORAL_TLS_*` and its like are many, those of a proxy are everybody's, and the codec server is another process. */
  const all = [...readFileSync(join(root, 'docs/configuration.md'), 'utf8').matchAll(/^\| (`.*?`) \|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name = '']) => name))
    .filter((name) => !/PROXY$|^NODE_|^CODEC_SERVER_|^TEMPORAL_(API_KEY|PROFILE)$/.test(name));

  it('is passed to the worker', () => {
    expect(all.length).toBeGreaterThan(40);
    // Health is told inside the container alone.
    const passed = [...Object.keys(service('worker').environment ?? {}), 'HEALTH_HOST'];
    expect(all.filter((name) => !passed.includes(name))).toEqual([]);
  });

  it('stands in .env.example', () => {
    const text = readFileSync(join(root, '.env.example'), 'utf8');
    const names: string[] = text.match(/^[A-Z_]+(?==)/gm) ?? [];
    expect(all.filter((name) => !names.includes(name))).toEqual([]);
  });
});

test('every image has a full version, and the two of the Temporal server are the same', () => {
  const images = services.map(([, { image, build }]) => ({ image, build }));
  for (const { image, build } of images) {
    expect(build ? 'temporal-power-automate:1.0.0' : image).toMatch(/^[\w./-]+:\d+\.\d+(\.\d+)?(-\w+)?$/);
  }
  const version = (name: string) => service(name).image?.split(':')[1];
  expect(version('temporal')).toBe(version('schema'));
  expect(version('temporal')).toBe(version('namespace'));
});

test('every service that stays has a health check, and those that end are waited for until they have', () => {
  for (const [name, { healthcheck }] of longLived) {
    expect({ name, check: healthcheck?.test }).toEqual({ name, check: expect.any(Array) });
  }
  const conditions = services.flatMap(([, { depends_on = {} }]) => Object.entries(depends_on));
  for (const [name] of once) {
    expect(conditions.filter(([dependency]) => dependency === name)).toEqual([
      [name, expect.objectContaining({ condition: 'service_completed_successfully' })],
    ]);
  }
});

test('whatever a service refers to is there', () => {
  for (const [, { depends_on = {}, volumes = [], configs = [], network_mode }] of services) {
    for (const name of Object.keys(depends_on)) expect(compose.services).toHaveProperty(name);
    for (const volume of volumes) expect(compose.volumes).toHaveProperty(volume.split(':')[0] as string);
    for (const { source } of configs) expect(compose.configs).toHaveProperty(source);
    if (network_mode) expect(compose.services).toHaveProperty(network_mode.replace('service:', ''));
  }
});

test('the Temporal server is fair, so that starts of one connection do not hold up those of another', () => {
  const { content } = compose.configs['dynamic-config'] ?? {};
  expect(parse(content ?? '')).toEqual({ 'matching.enableFairness': [{ value: true }] });
});

test('the database keeps its files in a named volume', () => {
  expect(service('postgresql').volumes).toEqual(['postgresql-data:/var/lib/postgresql/data']);
});

test('no port is published beyond this machine', () => {
  const ports = services.flatMap(([, { ports = [] }]) => ports);
  expect(ports.length).toBeGreaterThan(0);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
});

test("the emulator is on the worker's loopback, where plain HTTP is allowed, and listens nowhere else", () => {
  const { network_mode, command } = service('emulator');
  expect(network_mode).toBe('service:worker');
  expect(command).not.toContain('--host');
});
