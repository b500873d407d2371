/** DEVELOPMENT: a real browser, that of the system: none is downloaded. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** In this order; `CHROMIUM` names another one. */
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** @throws where there is none. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await findBrowser();
  // Chromium has no sandbox for root, which containers often are.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
}

async function findBrowser(): Promise<string> {
  const { CHROMIUM, PATH = '' } = process.env;
  if (CHROMIUM) return CHROMIUM;
  for (const name of BROWSERS) {
    for (const folder of PATH.split(path.delimiter)) {
      const file = path.join(folder, name);
      const isThere = await access(file).then(
        () => true,
        () => false,
      );
      if (isThere) return file;
    }
  }
  throw new Error(
    'No Chromium was found: install one (apt-get install chromium), or set CHROMIUM to its path',
  );
}
