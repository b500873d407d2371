/** API Extractor, as the tools call it: about what `npm run build` made last, one public entry at a time. */
const path = require('node:path');
const { CompilerState, ExtractorConfig } = require('@microsoft/api-extractor');

const ROOT = path.join(__dirname, '..');
const entryFile = (entry) => path.join(ROOT, 'dist', `${entry}.d.ts`);
const silent = { default: { logLevel: 'none' } };

/** @param own what the caller wants of it: reports or a model. */
function configOf(entry, { messages, ...own }) {
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(ROOT, 'package.json'),
    configObject: {
      projectFolder: ROOT,
      mainEntryPointFilePath: entryFile(entry),
      compiler: { tsconfigFilePath: path.join(ROOT, 'tsconfig.build.json') },
      apiReport: { enabled: false },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      ...own,
      messages: { extractorMessageReporting: silent, tsdocMessageReporting: silent, ...messages },
    },
  });
}

/** The compiler's work, done once for all entries. */
function compilerStateOf(configs, entries) {
  return CompilerState.create(configs[0], { additionalEntryPoints: entries.map(entryFile) });
}

module.exports = { ROOT, compilerStateOf, configOf };
