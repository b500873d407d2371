/** In processes of their own: the flags hold for a whole process, and for good. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(__dirname, '..', '..');
const MIB = 1_048_576;

/** A thread that makes garbage which lives for a while, and tells the most that its heap held. */
const FILL = `
const { Worker } = require('node:worker_threads');
const { keepHeapsSmall } = require(${JSON.stringify(path.join(ROOT, 'src', 'worker', 'heap.ts'))});
if (process.argv[1] === 'small') keepHeapsSmall();
const thread = \`
  const { getHeapStatistics } = require('node:v8');
  const lately = new Map();
  let most = 0;
  for (let index = 0; index < 4_000_000; index++) {
    lately.set(index % 200_000, { index, numbers: [index, index + 1, index + 2] });
    if (index % 10_000 === 0) most = Math.max(most, getHeapStatistics().total_heap_size);
  }
  require('node:worker_threads').parentPort.postMessage(most);
\`;
new Worker(thread, { eval: true }).on('message', (most) => console.log(most));
`;

/** MiB. */
async function mostHeld(which: 'small' | 'usual'): Promise<number> {
  const args = ['--require', path.join(ROOT, 'tools', 'ts-hook.js'), '--eval', FILL, which];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout) / MIB;
}

it('the heap of a thread holds less garbage', async () => {
  const [usual, small] = [await mostHeld('usual'), await mostHeld('small')];
  expect(small).toBeLessThan(0.8 * usual);
});
