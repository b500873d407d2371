/** What API Extractor knows of the public entries: their exports with their doc comments, of what `npm run build` made. */
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Extractor } = require('@microsoft/api-extractor');
const { compilerStateOf, configOf } = require('./extractor');

/** By entry. @param includeForgottenExports whether types that exported ones are made of are there too */
function readModels(entries, { includeForgottenExports }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'doc-model-'));
  const configs = entries.map((entry) => {
    const apiJsonFilePath = path.join(folder, `${entry}.api.json`);
    return configOf(entry, { docModel: { enabled: true, apiJsonFilePath, includeForgottenExports } });
  });
  try {
    const compilerState = compilerStateOf(configs, entries);
    const messageCallback = (message) => {
      message.handled = true;
    };
    return Object.fromEntries(
      configs.map((config, index) => {
        Extractor.invoke(config, { localBuild: true, compilerState, messageCallback });
        return [entries[index], JSON.parse(readFileSync(config.apiJsonFilePath, 'utf8'))];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The text of a doc comment on one line, its tags in words. */
function textOf(comment) {
  return comment
    .replace(/^\/\*\*|\*\/\s*$/g, '')
    .replace(/^[ \t]*\*[ \t]?/gm, '')
    .replace(/@default\s+/g, 'Default: ')
    .replace(/@throws\s+/g, 'Throws ')
    .replace(/@returns\s+/g, 'Returns ')
    .replace(/@param\s+(\w+)\s+/g, '`$1`: ')
    .replace(/@deprecated\s+/g, 'Deprecated: ')
    .replace(/\s+/g, ' ')
    .trim();
}

module.exports = { readModels, textOf };
