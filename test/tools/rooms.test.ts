import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTool } from '../helpers/tool';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rooms-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** The lines that are said of a src/ of these files: text by path. */
function problemsOf(files: Record<string, string>): string[] {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${text}\n`);
  }
  const { code, stderr } = runTool('rooms.js', '--quiet', folder);
  const problems = stderr.split('\n').filter(Boolean);
  expect(code).toBe(problems.length > 0 ? 1 : 0);
  return problems;
}

test('every import of src/ goes where it may', () => {
  expect(runTool('rooms.js')).toMatchObject({ code: 0, stderr: '' });
});

test('the tree tells of each room its zone, its files and its lines', () => {
  problemsOf({
    'common/a.ts': 'export const a = 1;\nexport const b = 2;',
    'common/schema/c.ts': 'export {};',
  });
  expect(runTool('rooms.js', folder).stdout.replaceAll(/ +/g, ' ')).toBe(
    [' common/ 1 files 2 lines SHARED', ' schema/ 1 files 1 lines SHARED', 'in all 2 files 3 lines', ''].join(
      '\n',
    ),
  );
});

test('with --quiet, a tree without problems prints nothing', () => {
  problemsOf({ 'common/a.ts': 'export {};' });
  expect(runTool('rooms.js', '--quiet', folder)).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('a file may import from its own room, from lower ones, and from zones that its own may import', () => {
  const files = {
    'common/schema/fields.ts': 'export {};',
    'common/input.ts': "import './schema/fields';",
    'dataverse/http/request.ts': "import '../../common/input';",
    'dataverse/index.ts': "import './http/request';",
    'activities/index.ts':
      "import { a } from '../dataverse';\nimport { b } from './run';\nimport axios from 'axios';",
    'activities/run.ts': 'export {};',
    'index.ts': "export * from './activities';",
  };
  expect(problemsOf(files)).toEqual([]);
});

test.each([
  ['statements', "import { b } from './b';", "import { a } from './a';"],
  ['types alone', "import type { B } from './b';", "import { type A } from './a';"],
  ['exports', "export * from './b';", "export type { A } from './a';"],
  ['import() of a value and of a type', "const b = import('./b');", "type A = import('./a').A;"],
])('two files that import each other by %s are a circle', (_, a, b) => {
  expect(problemsOf({ 'common/a.ts': a, 'common/b.ts': b })).toEqual([
    'src/common/a.ts imports itself in a circle: src/common/a.ts → src/common/b.ts → src/common/a.ts. Move what they share below them.',
  ]);
});

test('a circle of three files is told once, with the whole chain', () => {
  const files = {
    'common/a.ts': "import './b';",
    'common/b.ts': "import type { C } from './c';",
    'common/c.ts': "import './a';",
    'common/d.ts': "import './a';",
  };
  expect(problemsOf(files)).toEqual([
    expect.stringContaining('src/common/a.ts → src/common/b.ts → src/common/c.ts → src/common/a.ts'),
  ]);
});

test('an import from a lower room up to a higher one is told', () => {
  const files = {
    'workflows/run/a.ts': "import { b } from '../batch/b';",
    'workflows/batch/b.ts': 'export {};',
  };
  expect(problemsOf(files)).toEqual([
    "src/workflows/run/a.ts imports '../batch/b', upwards: src/workflows/batch is above src/workflows/run. Move what it needs down, or this file up.",
  ]);
});

test('a workflow that imports from dataverse crosses zones', () => {
  const files = {
    'workflows/run/a.ts': "import type { B } from '../../dataverse';",
    'dataverse/index.ts': 'export {};',
  };
  expect(problemsOf(files)).toEqual([
    "src/workflows/run/a.ts imports '../../dataverse' of HOST: SANDBOX imports SHARED and SANDBOX alone. Move what both need to src/common.",
  ]);
});

test('a public entry that imports from another zone than its own is told', () => {
  const files = { 'client.ts': "export * from './workflows';", 'workflows/index.ts': 'export {};' };
  expect(problemsOf(files)).toEqual([
    "src/client.ts imports './workflows' of SANDBOX: this entry imports SHARED alone. Move what both need to src/common.",
  ]);
});

test('a room that imports from a public entry is told', () => {
  const files = { 'cli/main.ts': "import '..';", 'index.ts': 'export {};' };
  expect(problemsOf(files)).toEqual([
    "src/cli/main.ts imports '..', a public entry. Import from the room that has it.",
  ]);
});

test('the callback receiver imports from common alone, though dataverse is below it', () => {
  const files = {
    'callback/a.ts': "import '../dataverse';\nimport '../common/c';",
    'dataverse/index.ts': 'export {};',
    'common/c.ts': 'export {};',
  };
  expect(problemsOf(files)).toEqual([
    "src/callback/a.ts imports '../dataverse': src/callback imports src/callback and src/common alone. Hand in what it needs, or move it to src/common.",
  ]);
});

test('a folder and an entry that nobody gave a place are told', () => {
  const files = {
    'misc/helpers/a.ts': "import '../../common/b';",
    'common/b.ts': 'export {};',
    'extra.ts': 'export {};',
  };
  expect(problemsOf(files)).toEqual([
    'src/extra.ts is no public entry. Move it to a room, or give it a place in tools/rooms.js.',
    'src/misc/helpers is in no room of the list. Move it to a room, or give it a place in tools/rooms.js.',
  ]);
});

test('an import of a file outside of src/ is told', () => {
  expect(problemsOf({ 'common/a.ts': "import '../../test/helper';" })).toEqual([
    "src/common/a.ts imports '../../test/helper', which is no file of src/. Import files of src/ and packages alone.",
  ]);
});
