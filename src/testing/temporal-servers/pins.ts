/** HOST, development only: reads the versions that `tools/temporal` pins. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The directory of the pinned builds; it is the same from `src/` and from `dist/`. */
export const PINS_DIRECTORY = join(__dirname, '..', '..', '..', 'tools', 'temporal');

/** Reads the version of Temporal's CLI that `go.mod` pins. */
export function pinnedCliVersion(): string {
  return pinned('go.mod', /github\.com\/temporalio\/cli v(\S+)/);
}

/** Reads the version of the time-skipping test server that `pom.xml` pins. */
export function pinnedTestServerVersion(): string {
  return pinned('pom.xml', /<artifactId>temporal-test-server<\/artifactId>\s*<version>([^<]+)</);
}

/** Reads the version of Go that `go.mod` asks for. */
export function requiredGoVersion(): string {
  return pinned('go.mod', /^go (\S+)$/m);
}

function pinned(file: string, pattern: RegExp): string {
  const version = pattern.exec(readFileSync(join(PINS_DIRECTORY, file), 'utf8'))?.[1];
  if (version === undefined) {
    throw new Error(`tools/temporal/${file} does not pin a version; restore it from version control`);
  }
  return version;
}
