/**
 * DEVELOPMENT: `npm run pictures`: makes the pictures of docs/pictures, with real runs on Temporal's dev server, the emulator
 * and a worker: Temporal's web UI and the command in a terminal, seen by a real browser. Names of pictures make these alone.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { launchBrowser } from '../browser';
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

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => PICTURES[name] === undefined);
  if (unknown.length > 0)
    throw new Error(`There are ${Object.keys(PICTURES).join(', ')}; not ${unknown.join(', ')}`);
  const closers: (() => Promise<void>)[] = [];
  try {
    const stage = await setStage((close) => closers.push(close));
    const browser = await launchBrowser();
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
