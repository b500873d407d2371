import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, service } from './compose-file';

const lines = readFileSync(join(root, 'Dockerfile'), 'utf8')
  .replaceAll(/\s*\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const last = (instruction: string) => lines.findLast((line) => line.startsWith(`${instruction} `));
const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');

test('the base image is a Debian Node.js of a full version, at least the one the package asks for', () => {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [, major] = /^FROM node:(\d+)\.\d+\.\d+-bookworm-slim AS base$/.exec(lines[0] as string) ?? [];
  expect(Number(major)).toBeGreaterThanOrEqual(Number(/\d+/.exec(engines.node)));
  expect(lines.filter((line) => line.startsWith('FROM ')).slice(1)).toEqual([
    'FROM base AS build',
    'FROM base AS dependencies',
    'FROM base',
  ]);
});

test('it runs as a user without rights, in production mode, under an init that forwards signals', () => {
  const runtime = lines.slice(lines.lastIndexOf('FROM base'));
  expect(runtime).toContain('ENV NODE_ENV=production');
  expect(runtime).toContain('USER node');
  expect(runtime.indexOf('USER node')).toBeGreaterThan(
    runtime.findLastIndex((line) => /^(RUN|COPY) /.test(line)),
  );
  expect(last('ENTRYPOINT')).toBe('ENTRYPOINT ["tini", "--"]');
});

test('it starts what `npm start` starts, and Compose runs nothing else in the worker', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const command = JSON.parse((last('CMD') as string).slice('CMD '.length));
  expect(command.join(' ')).toBe(scripts.start);
  expect(service('worker').command).toBeUndefined();
});

test('it has the production dependencies only, as the lock file pins them', () => {
  expect(lines).toContain('RUN npm ci --omit=dev');
  expect(lines).toContain('COPY --from=dependencies /app/node_modules node_modules');
  expect(lines.filter((line) => line.includes('npm install'))).toEqual([]);
});

test('everything that is copied exists, and is let through by .dockerignore, which lets nothing else through', () => {
  const copied = lines
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(' ').slice(1, -1));
  for (const path of copied) {
    expect({ path, exists: existsSync(join(root, path)) }).toEqual({ path, exists: true });
    expect(ignored).toContain(`!${path.split('/')[0]}`);
  }
  expect(ignored.filter((line) => line !== '' && !line.startsWith('#'))[0]).toBe('*');
  const allowed = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  expect(allowed.sort()).toEqual([...new Set(copied.map((path) => path.split('/')[0]))].sort());
});
