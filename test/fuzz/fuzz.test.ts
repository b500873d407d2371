/**
 * Cases by chance: what comes from outside is changed in its structure and by the character, and must be answered,
 * refused, or fail in one of our ways. `npm run fuzz -- --cases 100000` is the same, longer. Seeds that have found
 * something are kept, and replayed.
 */

import kept from './seeds.json';
import { callback } from './targets/callback';
import { dataverse } from './targets/dataverse';
import { input } from './targets/inputs';
import { token } from './targets/token';
import { tokenEndpoint } from './targets/token-endpoint';

const TARGETS = [token, callback, input, dataverse, tokenEndpoint];

const CASES = Number(process.env.FUZZ_CASES ?? 200);
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const ONLY = process.env.FUZZ_ONLY ?? '';

/** Of each seed that is kept. */
const KEPT_CASES = 100;

/** The slowest targets answer some hundred a second. */
const CASE_WITHIN_MS = 100;

describe.each(TARGETS.filter(({ name }) => name.startsWith(ONLY)))(
  'the target $name',
  ({ name, promise, fuzz }) => {
    const seeds = (kept as Record<string, number[]>)[name] ?? [];

    for (const seed of seeds) {
      it(`${promise}, with the kept seed ${seed}`, () => fuzz(KEPT_CASES, seed));
    }

    it(
      `${promise} (${CASES} cases of seed ${SEED})`,
      () => fuzz(CASES, SEED),
      60_000 + CASES * CASE_WITHIN_MS,
    );
  },
);
