import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The pinned builds; the same place from `src/` and from `dist/`. */
export const PINS_DIRECTORY = join(__dirname, '..', '..', '..', 'tools', 'temporal');

/** The version of Temporal's CLI that `go.mod` pins. */
export function pinnedCliVersion(): string {
  return pinned('go.mod', /github\.com\/temporalio\/cli v(\S+)/);
}

/** The version of the time-skipping test server that `pom.xml` pins. */
export function pinnedTestServerVersion(): string {
  return pinned('pom.xml', /<artifactId>temporal-test-server<\/artifactId>\s*<version>([^<]+)</);
}

/** The version of Go that `go.mod` asks for. */
export function requiredGoVersion(): string {
  return pinned('go.mod', /^go (\S+)$/m);
}

function pinned(file: string, pattern: RegExp): string {
  const version = pattern.exec(readFileSync(join(PINS_DIRECTORY, file), 'utf8'))?.[1];
  if (version === undefined) {
    throw new Error(`tools/temporal/${file} pins no version; restore it from version control`);
  }
  return version;
}
