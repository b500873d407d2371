/** HOST: the version of this package. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const NAME = 'temporal-power-automate';

/** Undefined where the package was bundled into another program, and its file is not beside it. */
export function packageVersion(): string | undefined {
  try {
    const file = path.join(__dirname, '..', '..', 'package.json');
    const { name, version } = JSON.parse(readFileSync(file, 'utf8'));
    return name === NAME ? version : undefined;
  } catch {
    return undefined;
  }
}
