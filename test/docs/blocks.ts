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

const FENCED = /^```(\w*)[^\n]*\n(.*?)^```/gms;

const PAGES = ['README.md', ...readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter(
  (page) => page.endsWith('.md'),
);

export function blocksOf(...languages: string[]): Block[] {
  return PAGES.flatMap((page) => {
    const text = readFileSync(path.join(ROOT, page), 'utf8');
    return [...text.matchAll(FENCED)].map(([, language = '', code = ''], _index) => ({
      page,
      line: text.slice(0, text.indexOf(code)).split('\n').length,
      language,
      code,
    }));
  }).filter(({ language }) => languages.includes(language));
}

export const placeOf = ({ page, line }: Block) => `${page}:${line}`;
