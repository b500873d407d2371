import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PINS_DIRECTORY } from '../../../src/testing/temporal-servers/pins';

/** Modules with their versions, as the file requires them. One that another version replaces is fetched as that. */
function required(directory: string): string[] {
  const file = readFileSync(path.join(directory, 'go.mod'), 'utf8');
  const replaced = new Map(
    [...file.matchAll(/^replace (\S+) => (\S+ v\S+)$/gm)].map(([, from = '', to = '']) => [from, to]),
  );
  return [...file.matchAll(/^(?:require|\t)\s*(\S+) (v\S+)/gm)].map(
    ([, name = '', version]) => replaced.get(name) ?? `${name} ${version}`,
  );
}

// A cached executable hides a build that can no longer be done, so a machine with a full cache would not notice.
it.each([
  ['the dev server', PINS_DIRECTORY],
  ['the cluster', path.join(__dirname, '../../cluster/temporal-server')],
])('has the checksum of every Go module that %s is built from', (_, directory) => {
  const sums = new Set(
    readFileSync(path.join(directory, 'go.sum'), 'utf8')
      .split('\n')
      .map((line) => line.split(' ').slice(0, 2).join(' ')),
  );
  const modules = required(directory);

  expect(modules.length).toBeGreaterThan(100);
  expect(modules.filter((module) => !sums.has(module))).toEqual([]);
});
