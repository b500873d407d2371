/** The page about errors has every failure type, every error code and every exit code, as the code has them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EXIT } from '../../src/cli/support/exit-codes';
import { failureTypes } from '../../src/client';
import { RUN_ERROR_CODES } from '../../src/common/error-codes';
import { desktopFlowFailureType } from '../../src/common/failure-types';
import { BAD_ENDS } from '../../src/common/status';
import { ROOT } from './blocks';

const page = readFileSync(path.join(ROOT, 'docs', 'errors.md'), 'utf8');

/** The rows of the tables below a heading, without their first lines. */
function rowsBelow(heading: string, text = page): string[][] {
  const [, below = ''] = text.split(`\n${heading}\n`);
  const [section = ''] = below.split(/\n##+ /);
  return [...section.matchAll(/^\| (?!type \||code \||---)(.*) \|$/gm)].map(([, row = '']) =>
    row.split(' | '),
  );
}

const namesIn = (rows: string[][]) => rows.flatMap(([names = '']) => names.match(/(?<=`)\w+(?=`)/g) ?? []);

it('has every failure type once', () => {
  const named = ['runs', 'activities', 'batches'].flatMap((kind) =>
    namesIn(rowsBelow(`## Failures of ${kind}`)),
  );
  const types = Object.values(failureTypes).filter((value) => typeof value === 'string');
  expect(named.sort()).toEqual([...types, ...BAD_ENDS.map(desktopFlowFailureType)].sort());
});

it.each([
  ['notExecuted', 'Nothing was executed'],
  ['maybePartlyExecuted', 'Part of the work may be done'],
  ['needsPerson', 'Somebody has to see to it'],
  ['permanent', 'It will happen again'],
])('has what is known of each code that is %s', (category, heading) => {
  const codes = [...RUN_ERROR_CODES].filter(([, known]) => known.category === category);
  const rows = codes.map(([code, { meaning, action }]) => [`\`${code}\``, meaning, action]);
  expect(rowsBelow(`### ${heading}`)).toEqual(rows);
});

it('has every exit code, with the words of the page about the command', () => {
  const rows = rowsBelow('## Exit codes').map(([code, says]) => [code, says]);
  expect(rows.map(([code]) => Number(code))).toEqual(Object.values(EXIT));
  const command = readFileSync(path.join(ROOT, 'docs', 'command.md'), 'utf8');
  for (const [code, says] of rows) expect(command).toContain(`| ${code} | ${says} |`);
});
