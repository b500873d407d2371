/** What API Extractor knows of the public entries: their exports with their doc comments, of what `npm run build` made. */
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { CompilerState, Extractor, ExtractorConfig } = require('@microsoft/api-extractor');

const ROOT = path.join(__dirname, '..');
const entryFile = (entry) => path.join(ROOT, 'dist', `${entry}.d.ts`);
const silent = { default: { logLevel: 'none' } };

function configOf(entry, folder, includeForgottenExports) {
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(ROOT, 'package.json'),
    configObject: {
      projectFolder: ROOT,
      mainEntryPointFilePath: entryFile(entry),
      compiler: { tsconfigFilePath: path.join(ROOT, 'tsconfig.build.json') },
      apiReport: { enabled: false },
      docModel: {
        enabled: true,
        apiJsonFilePath: path.join(folder, `${entry}.api.json`),
        includeForgottenExports,
      },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { extractorMessageReporting: silent, tsdocMessageReporting: silent },
    },
  });
}

/** By entry. @param includeForgottenExports whether types that exported ones are made of are there too */
function readModels(entries, { includeForgottenExports }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'doc-model-'));
  const configs = entries.map((entry) => configOf(entry, folder, includeForgottenExports));
  try {
    const compilerState = CompilerState.create(configs[0], { additionalEntryPoints: entries.map(entryFile) });
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
