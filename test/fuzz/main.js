/** `npm run fuzz -- --cases 100000 [--seed 1] [--only callback]`: the property tests of `fuzz.test.ts`, as long as wanted. */
const { spawnSync } = require('node:child_process');
const { parseArgs } = require('node:util');
const { requireNumbers } = require('../chaos/options.js');

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    seed: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`Feeds what comes from outside with cases by chance, and checks what must never happen.

  --cases N    how many of each target (default 100000)
  --seed N     repeats the cases of an earlier run, which prints its seed
  --only NAME  one target: token, callback, inputs, dataverse or token-endpoint`);
  process.exit(0);
}
requireNumbers(values, ['cases', 'seed']);
const env = { ...process.env, FUZZ_CASES: values.cases };
if (values.seed !== undefined) env.FUZZ_SEED = values.seed;
if (values.only !== undefined) env.FUZZ_ONLY = values.only;
const jest = require.resolve('jest/bin/jest');
const { status } = spawnSync(process.execPath, [jest, 'test/fuzz'], { env, stdio: 'inherit' });
process.exit(status ?? 1);
