import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
    'FROM build AS dependencies',
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

test('it has the dependencies that are not for development, as the lock file pins them, and the SDK among them', () => {
  expect(lines.filter((line) => line.startsWith('RUN npm '))).toEqual([
    'RUN npm ci',
    'RUN npm run build',
    'RUN npm pkg delete devDependencies && npm prune',
  ]);
  expect(lines).toContain('COPY --from=dependencies /app/node_modules node_modules');
  const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  // The same two steps, on the lock file alone.
  const folder = mkdtempSync(join(tmpdir(), 'image-'));
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(root, file), join(folder, file));
  const npm = (...args: string[]) => execFileSync('npm', args, { cwd: folder, stdio: 'pipe' });
  npm('pkg', 'delete', 'devDependencies');
  npm('prune', '--package-lock-only', '--no-audit');
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  rmSync(folder, { recursive: true });
  const needed = Object.keys({ ...dependencies, ...peerDependencies });
  const isOptional = (name: string) => peerDependenciesMeta[name]?.optional === true;
  const isThere = (name: string) => packages[`node_modules/${name}`] !== undefined;
  expect(needed.filter((name) => !isOptional(name) && !isThere(name))).toEqual([]);
  // Some packages for development are there all the same: others need them.
  expect(['jest', 'typescript', '@biomejs/biome', 'fast-check'].filter(isThere)).toEqual([]);
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
