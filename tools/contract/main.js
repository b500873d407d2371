/**
 * `npm run schema`: fails if the contract for other languages, in schema/, is not what the product reads and writes.
 * `npm run schema:accept` (`--accept`) writes it. Another folder than schema/ can be named.
 */
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
require('../ts-hook');
const { readDescriptions } = require('./descriptions');
const { documents } = require('./documents.ts');

const { values, positionals } = parseArgs({
  options: { accept: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const folder = path.resolve(positionals[0] ?? path.join(__dirname, '..', '..', 'schema'));

for (const [name, text] of Object.entries(documents(readDescriptions()))) {
  const file = path.join(folder, name);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (values.accept) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
    console.log(`${name} is written.`);
  } else {
    console.error(
      `${name} is not what the product reads and writes. If that is meant: npm run schema:accept.`,
    );
    process.exitCode = 1;
  }
}
