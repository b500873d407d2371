/**
 * Every block of TypeScript in the README and in docs/ compiles strictly against what is built. Those of JavaScript are the quick
 * start, which test/package/projects.test.ts runs.
 */
import { copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { importBpmn } from '../../src/camunda/import-bpmn';
import { writeTypeScript } from '../../src/camunda/typescript';
import { generateFlowModule } from '../../src/codegen/module';
import { compile } from '../helpers/compiler';
import { createLinkedProject } from '../helpers/linked-project';
import { type Block, blocksOf, placeOf, ROOT } from './blocks';

/** The pages import a module beside them as they would in a CommonJS project, too. */
const COMPILER_OPTIONS = {
  module: 'esnext',
  moduleResolution: 'bundler',
  target: 'es2023',
  lib: ['es2023'],
  types: ['node'],
  noEmit: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
};

function schemaOf(properties: Record<string, unknown>) {
  return { schema: { type: 'object', properties } };
}

/** The flow of docs/codegen.md. */
const ENTER_INVOICE = {
  name: 'Enter invoice',
  flowId: '5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4e01',
  inputs: schemaOf({ InvoiceNumber: { type: 'string' }, Amount: { type: 'number' } }),
  outputs: schemaOf({ Booking: { type: 'string' } }),
};

/** The process of docs/from-camunda.md. */
const PAY_INVOICE = path.join(ROOT, 'test', 'camunda', 'processes', 'template-v2.bpmn');

let folder: string;

beforeAll(async () => {
  folder = await createLinkedProject('@temporalio', '@types', '@azure');
  await symlink(path.join(ROOT, 'node_modules', 'nexus-rpc'), path.join(folder, 'node_modules', 'nexus-rpc'));
  await writeFile(path.join(folder, 'package.json'), '{"type": "module"}');
  await writeFile(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['*.ts', 'flows/*.ts'] }),
  );
  await copyFile(path.join(__dirname, 'surroundings.d.ts'), path.join(folder, 'surroundings.d.ts'));
  await mkdir(path.join(folder, 'flows'));
  await writeFile(path.join(folder, 'flows', 'enter-invoice.ts'), generateFlowModule(ENTER_INVOICE));
  const imported = await importBpmn(await readFile(PAY_INVOICE, 'utf8'));
  await writeFile(path.join(folder, 'pay-invoice.ts'), writeTypeScript(imported, 'pay-invoice.bpmn'));
});

afterAll(() => rm(folder, { recursive: true }));

const fileOf = ({ page, line }: Block) => `${path.basename(page, '.md').toLowerCase()}-${line}.ts`;

/** Answers what the compiler says. */
async function compileBlocks(blocks: Block[]): Promise<string> {
  for (const block of blocks) {
    // A block may be a script; `export {}` makes it a module, whose names are its own.
    await writeFile(path.join(folder, fileOf(block)), `${block.code}\nexport {};\n`);
  }
  const said = await compile(folder);
  for (const block of blocks) await rm(path.join(folder, fileOf(block)));
  return said;
}

const blocks = blocksOf('ts');

it('compiles every block', async () => {
  expect(blocks.length).toBeGreaterThan(10);
  expect(await compileBlocks(blocks)).toBe('');
}, 120_000);

it('refuses a block with a field that is misspelt, and names the page and the line', async () => {
  const block = blocks.find(({ code }) => code.includes("runMode: 'unattended'")) as Block;
  const broken = { ...block, code: block.code.replace("runMode: 'unattended'", "runmode: 'unattended'") };
  expect(await compileBlocks([broken])).toContain(fileOf(block));
  expect(placeOf(block)).toMatch(/^[\w/]+\.md:\d+$/);
}, 120_000);
