/** `npm run chaos -- --cases 2000 [--seed 1] [--batch 100]`: the property test of `chaos.test.ts`, as long as wanted. */
const { spawnSync } = require('node:child_process');
const { parseArgs } = require('node:util');
const { requireNumbers } = require('./options.js');

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string' },
    batch: { type: 'string', default: '100' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`Runs desktop flows under random faults, kills and cancels, and checks what must never happen.

  --cases N   how many runs (default 2000)
  --batch N   how many of them at once (default 100)
  --seed N    repeats the plan of an earlier run, which prints its seed`);
  process.exit(0);
}
requireNumbers(values, ['cases', 'batch', 'seed']);
const env = { ...process.env, CHAOS_CASES: values.cases, CHAOS_BATCH: values.batch };
if (values.seed !== undefined) env.CHAOS_SEED = values.seed;
const jest = require.resolve('jest/bin/jest');
const { status } = spawnSync(process.execPath, [jest, 'test/chaos/chaos.test.ts'], { env, stdio: 'inherit' });
process.exit(status ?? 1);
