/**
 * DEVELOPMENT: `npm run pictures`: makes the pictures of docs/pictures, with real runs on Temporal's dev server, the emulator
 * and a worker: Temporal's web UI and the command in a terminal, seen by a real browser. Names of pictures make these alone.
 */
import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { doctorPicture, runPicture } from './command';
import { type Picture, setStage } from './stage';
import { failedPicture, succeededPicture, waitingPicture } from './web-ui';

const FOLDER = path.join(__dirname, '..', '..', 'docs', 'pictures');

/** By the name of the file, without its ending. */
const PICTURES: Readonly<Record<string, Picture>> = {
  'run-waiting': waitingPicture,
  'run-succeeded': succeededPicture,
  'run-failed': failedPicture,
  'command-run': runPicture,
  'command-doctor': doctorPicture,
};

/** In this order; `CHROMIUM` names another one. */
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

async function findBrowser(): Promise<string> {
  const { CHROMIUM, PATH = '' } = process.env;
  if (CHROMIUM) return CHROMIUM;
  for (const name of BROWSERS) {
    for (const folder of PATH.split(path.delimiter)) {
      const file = path.join(folder, name);
      if (
        await access(file).then(
          () => true,
          () => false,
        )
      )
        return file;
    }
  }
  throw new Error(
    'No Chromium was found: install one (apt-get install chromium), or set CHROMIUM to its path',
  );
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => PICTURES[name] === undefined);
  if (unknown.length > 0)
    throw new Error(`There are ${Object.keys(PICTURES).join(', ')}; not ${unknown.join(', ')}`);
  const executablePath = await findBrowser();
  const closers: (() => Promise<void>)[] = [];
  try {
    const stage = await setStage((close) => closers.push(close));
    // Chromium has no sandbox for root, which containers often are.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const browser = await chromium.launch({ executablePath, args });
    closers.push(() => browser.close());
    await mkdir(FOLDER, { recursive: true });
    for (const [name, take] of Object.entries(PICTURES)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      await take(stage, browser, path.join(FOLDER, `${name}.png`));
      console.log(`docs/pictures/${name}.png`);
    }
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
