/** Names come from letters of all scripts, and each newer Unicode has more of them than the compilers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseSync } from '@swc/core';
import { isTypeName, namesFor } from '../../src/codegen/names';
import { compile, STRICTEST } from '../helpers/compiler';

const BASIC_PLANE = 0x10000;

/** Each letter at the beginning of a name, and within one. */
const LETTERS = Array.from({ length: BASIC_PLANE }, (_none, point) => String.fromCharCode(point)).filter(
  (letter) => /[\p{L}\p{Nl}\p{Nd}]/u.test(letter),
);
const NAMES = LETTERS.flatMap((letter) => [namesFor(letter), namesFor(`a${letter}`)]).flatMap(
  ({ type, value }) => [type, value],
);

describe('a name from any letter', () => {
  let folder: string;
  const code = [...new Set(NAMES)].map((name) => `export type ${name}_ = string;`).join('\n');

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'names-'));
    writeFileSync(path.join(folder, 'names.ts'), code);
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: STRICTEST }));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('is one to the compilers', async () => {
    expect(await compile(folder)).toBe('');
    expect(() => parseSync(code, { syntax: 'typescript' })).not.toThrow();
  });

  it('keeps the letters that they know', () => {
    expect(NAMES).toEqual(expect.arrayContaining(['Ä', 'Aß', 'Д', 'A漢', 'Aह', 'A٣']));
  });

  it.each(['\ua7d2', '\u2e2f', '\u088f', '\u{10400}'])('leaves out %j, which they do not', (letter) => {
    expect(namesFor(`a${letter}b`).type).toBe('AB');
    expect(isTypeName(`a${letter}b`)).toBe(false);
  });

  it('begins with a small letter where they do not know its capital', () => {
    expect(namesFor('\u0264').type).toBe('\u0264');
  });
});
