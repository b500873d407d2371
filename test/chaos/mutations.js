/**
 * `npm run chaos:mutations`: breaks the product on purpose, one promise at a time, and expects the property test of
 * `chaos.test.ts` to find it within 200 runs. Works on a copy of the build.
 */
const { spawnSync } = require('node:child_process');
const { cpSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { MUTATIONS, mutated } = require('./mutation-list.js');
const { requireNumbers } = require('./options.js');

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '200' },
    seed: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(`Breaks promises on purpose, and expects \`npm run chaos\` to find each of them.

  --cases N    runs for each (default 200)
  --seed N     plans of an earlier run
  --only NAME  one of ${MUTATIONS.map(({ name }) => name).join(', ')}`);
  process.exit(0);
}

requireNumbers(values, ['cases', 'seed']);

const ROOT = path.join(__dirname, '..', '..');
const MUTATED = 'dist-mutated';
const jest = require.resolve('jest/bin/jest');

function mutate(edits) {
  rmSync(path.join(ROOT, MUTATED), { recursive: true, force: true });
  cpSync(path.join(ROOT, 'dist'), path.join(ROOT, MUTATED), { recursive: true });
  for (const edit of edits) {
    const at = path.join(ROOT, MUTATED, edit[0]);
    writeFileSync(at, mutated(readFileSync(at, 'utf8'), edit));
  }
}

const chosen = MUTATIONS.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) {
  console.error(`--only must be one of ${MUTATIONS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
let survivors = 0;
for (const { name, breaks, edits } of chosen) {
  console.error(`${name}: ${breaks}`);
  mutate(edits);
  const env = { ...process.env, TEST_DIST: MUTATED, CHAOS_CASES: values.cases, CHAOS_BATCH: '50' };
  if (values.seed !== undefined) env.CHAOS_SEED = values.seed;
  const { stderr } = spawnSync(process.execPath, [jest, 'test/chaos/chaos.test.ts'], {
    env,
    encoding: 'utf8',
    maxBuffer: 1e9,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const counts = [...stderr.matchAll(/^(\d+) runs, (\d+) violations$/gm)];
  const found = counts.find(([, , violations]) => Number(violations) > 0);
  const done = counts.at(-1)?.[1] ?? 0;
  console.log(found ? `${name}: found within ${found[1]} runs` : `${name}: NOT FOUND in ${done} runs`);
  if (!found) survivors += 1;
}
rmSync(path.join(ROOT, MUTATED), { recursive: true, force: true });
process.exit(survivors === 0 ? 0 : 1);
