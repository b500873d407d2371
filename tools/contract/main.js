/**
 * `npm run schema`: fails if the contract for other languages, in schema/, is not what the product reads and writes.
 * `npm run schema:accept` (`--accept`) writes it. Another folder than schema/ can be named.
 */
const path = require('node:path');
require('../ts-hook');
const { keepMadeFiles } = require('../made-files');
const { readDescriptions } = require('./descriptions');
const { documents } = require('./documents.ts');

keepMadeFiles({
  folder: path.join(__dirname, '..', '..', 'schema'),
  make: () => documents(readDescriptions()),
  problem: 'the product reads and writes. If that is meant: npm run schema:accept.',
});
