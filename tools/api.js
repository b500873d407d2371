/**
 * `npm run api`: fails if what the package exports, by dist/*.d.ts, is not what the reports in api/ say, one for each
 * public entry. `npm run api:accept` (`--accept`) writes them: so a change of the published API is seen, and meant.
 * Another folder than api/ can be named.
 */
const { mkdirSync, mkdtempSync, rmSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { Extractor } = require('@microsoft/api-extractor');
const { ROOT, compilerStateOf, configOf } = require('./extractor');

const ENTRIES = ['index', 'workflow', 'client', 'codegen', 'data-converter', 'testing'];

/** Types that no entry exports, but that what it exports is made of, are part of what can break: they are reported too. */
function reportOf(entry, reportFolder, reportTempFolder) {
  return configOf(entry, {
    bundledPackages: [],
    apiReport: {
      enabled: true,
      reportFileName: `${entry}.api.md`,
      includeForgottenExports: true,
      reportFolder,
      reportTempFolder,
    },
    newlineKind: 'lf',
    testMode: true,
    // Not silent: an error of the compiler. The rest is of release tags and of doc comments.
    messages: { compilerMessageReporting: { default: { logLevel: 'error' } } },
  });
}

/** Compares the report of each entry with the one in the folder, or writes it. Answers whether they all match now. */
function report(folder, temporary, accept) {
  mkdirSync(folder, { recursive: true });
  const configs = ENTRIES.map((entry) => reportOf(entry, folder, temporary));
  const compilerState = compilerStateOf(configs, ENTRIES);
  let matches = true;
  const messageCallback = (message) => {
    const failed = message.logLevel === 'error';
    if (failed || message.messageId === 'console-api-report-diff') console.log(message.text);
    if (failed) matches = false;
    message.handled = true;
  };
  for (const config of configs) {
    const options = { compilerState, localBuild: accept, printApiReportDiff: true, messageCallback };
    if (!Extractor.invoke(config, options).apiReportChanged) continue;
    const name = path.basename(config.reportFilePath);
    console.log(accept ? `${name} is written.` : `${name} is not what the package exports.`);
    matches &&= accept;
  }
  return matches;
}

const { values, positionals } = parseArgs({
  options: { accept: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const temporary = mkdtempSync(path.join(os.tmpdir(), 'api-'));
try {
  if (!report(path.resolve(positionals[0] ?? path.join(ROOT, 'api')), temporary, values.accept)) {
    console.error(
      'The published API changed. If that is meant: npm run api:accept, commit api/, and say it in CHANGELOG.md.',
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(temporary, { recursive: true });
}
