/** The page about the doctor has a row for each check, with all that it may find. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CHECKS } from '../../src/doctor/checks';
import { COMMON_FINDINGS, FINDINGS } from '../../src/doctor/codes';
import { ROOT } from '../docs/blocks';

const page = readFileSync(path.join(ROOT, 'docs', 'doctor.md'), 'utf8');

/** `| check | what it looks at | what it may find |` */
const ROW = /^\| `([\w-]+)`[^|]*\|[^|]*\|([^|]*)\|$/gm;

it('has its rows in the order of the checks, with their findings', () => {
  const rows = [...page.matchAll(ROW)].map(([, id, codes = '']) => [
    id,
    [...codes.matchAll(/`([\w-]+)`/g)].map(([, code]) => code),
  ]);
  expect(rows).toEqual(CHECKS.map(({ id }) => [id, FINDINGS[id]]));
});

it('names what any check may find', () => {
  for (const code of COMMON_FINDINGS) expect(page).toContain(`\`${code}\``);
});

it('has what a check needs before it', () => {
  const ids = CHECKS.map(({ id }) => id);
  for (const { id, needs = [] } of CHECKS) {
    for (const need of needs)
      expect([id, ids.slice(0, ids.indexOf(id))]).toEqual([id, expect.arrayContaining([need])]);
  }
});
