import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Mutation {
  name: string;
  edits: [file: string, from: string | RegExp, to: string][];
}

const { MUTATIONS, mutated } = require('./mutation-list.js') as {
  MUTATIONS: Mutation[];
  mutated(text: string, edit: Mutation['edits'][number]): string;
};

const DIST = path.join(__dirname, '..', '..', 'dist');

// The mutations themselves take minutes, and are run by themselves: code that has moved on would go unnoticed.
it.each(MUTATIONS)('what chaos:mutations breaks is still there: $name', ({ edits }) => {
  const texts = new Map<string, string>();
  for (const edit of edits) {
    const [file] = edit;
    const before = texts.get(file) ?? readFileSync(path.join(DIST, file), 'utf8');
    texts.set(file, mutated(before, edit));
  }
  expect(texts.size).toBeGreaterThan(0);
});
