/** The blocks of code of the README and of docs/, so that each can be compiled or run. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(__dirname, '..', '..');

export interface Block {
  /** Below the root, such as `docs/batch.md`. */
  page: string;
  /** Of its first line of code, counted from 1. */
  line: number;
  /** As the page writes it; '' if it names none. */
  language: string;
  code: string;
}

/** In a list, a block is indented. */
const FENCED = /^( *)```(\w*)[^\n]*\n(.*?)^\1```/gms;

export const PAGES = [
  'README.md',
  ...readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`),
].filter((page) => page.endsWith('.md'));

/** Of these languages; without one, all. */
export function blocksOf(...languages: string[]): Block[] {
  return PAGES.flatMap((page) => {
    const text = readFileSync(path.join(ROOT, page), 'utf8');
    return [...text.matchAll(FENCED)].map(([, indent = '', language = '', code = '']) => ({
      page,
      line: text.slice(0, text.indexOf(code)).split('\n').length,
      language,
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }));
  }).filter(({ language }) => languages.length === 0 || languages.includes(language));
}

export const placeOf = ({ page, line }: Block) => `${page}:${line}`;
