/** Every block of JSON in the README and in docs/ is what it says: valid by the contract, or taken by what reads it. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { startEmulator } from '../../src/testing/emulator';
import { type Block, blocksOf, placeOf, ROOT } from './blocks';

const ajv = new Ajv2020({ strictTypes: false });
ajv.addSchema(
  JSON.parse(readFileSync(path.join(ROOT, 'schema', 'desktop-flow.schema.json'), 'utf8')),
  'contract',
);

/** What the blocks are, by page in the order of the page: a type of the contract, or the set-up of the emulator. */
const KINDS: Record<string, string[]> = {
  'docs/batch.md': ['BatchItemResult', 'RunDesktopFlowsResult'],
  'docs/control.md': ['AdoptFlowRunInput', 'RunDesktopFlowInput'],
  'docs/emulator.md': ['emulator', 'emulator'],
  'docs/feel.md': ['RunDesktopFlowInput'],
  'docs/inputs.md': ['PartialRunDesktopFlowInput'],
  'docs/results.md': ['RunDesktopFlowResult', 'FlowRunExplanation'],
};

const blocks = blocksOf('json');
const pages = [...new Set(blocks.map(({ page }) => page))];

it('knows what each block is', () => {
  const counts = pages.map((page) => [page, blocks.filter((block) => block.page === page).length]);
  expect(counts.sort()).toEqual(Object.entries(KINDS).map(([page, kinds]) => [page, kinds.length]));
});

const known = pages.flatMap((page) =>
  blocks
    .filter((block) => block.page === page)
    .map((block, index) => [placeOf(block), KINDS[page]?.[index] ?? '', block] as const),
);

it.each(known)('%s is a valid %s', async (_place, kind, { code }: Block) => {
  const value = JSON.parse(code);
  if (kind === 'emulator') {
    const emulator = await startEmulator({ flows: value });
    await emulator.close();
    return;
  }
  expect(ajv.validate(`contract#/$defs/${kind}`, value) || ajv.errorsText()).toBe(true);
});
