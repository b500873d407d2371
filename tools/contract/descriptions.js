/** The doc comments of the published types, by which the contract describes its fields: written once, in `src/`. */
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Extractor, ExtractorConfig } = require('@microsoft/api-extractor');

const ROOT = path.join(__dirname, '..', '..');
const silent = { default: { logLevel: 'none' } };

/** Of what `npm run build` made: what one entry exports, and the types that it is made of. */
function readModel(entry, folder) {
  const apiJsonFilePath = path.join(folder, `${entry}.api.json`);
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(ROOT, 'package.json'),
    configObject: {
      projectFolder: ROOT,
      mainEntryPointFilePath: path.join(ROOT, 'dist', `${entry}.d.ts`),
      compiler: { tsconfigFilePath: path.join(ROOT, 'tsconfig.build.json') },
      apiReport: { enabled: false },
      docModel: { enabled: true, apiJsonFilePath, includeForgottenExports: true },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { extractorMessageReporting: silent, tsdocMessageReporting: silent },
    },
  });
  Extractor.invoke(config, { localBuild: true, messageCallback: (message) => (message.handled = true) });
  return JSON.parse(readFileSync(apiJsonFilePath, 'utf8'));
}

/** The text of a doc comment on one line. */
function textOf(comment) {
  return comment
    .replace(/^\/\*\*|\*\/\s*$/g, '')
    .replace(/^[ \t]*\*[ \t]?/gm, '')
    .replace(/@default\s+/g, 'Default: ')
    .replace(/\s+/g, ' ')
    .trim();
}

function addTypes(item, types) {
  for (const member of item.members ?? []) addTypes(member, types);
  if (item.kind !== 'Interface') return;
  const references = item.excerptTokens.filter(({ kind }) => kind === 'Reference');
  const fields = item.members.filter(({ docComment }) => docComment);
  types.set(item.name, {
    comment: item.docComment,
    bases: references.map(({ text }) => text),
    fields: new Map(fields.map(({ name, docComment }) => [name, docComment])),
  });
}

/** @returns {{ ofType: (name: string) => string | undefined, ofField: (type: string, field: string) => string | undefined }} */
function readDescriptions() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'contract-'));
  const types = new Map();
  try {
    for (const entry of ['index', 'client']) addTypes(readModel(entry, folder), types);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const comment = (type, field) => {
    const known = types.get(type);
    if (known === undefined) return undefined;
    return known.fields.get(field) ?? known.bases.map((base) => comment(base, field)).find(Boolean);
  };
  const described = (found) => (found ? textOf(found) : undefined);
  return {
    ofType: (type) => described(types.get(type)?.comment),
    ofField: (type, field) => described(comment(type, field)),
  };
}

module.exports = { readDescriptions };
