/**
 * `npm run reference`: fails if the pages of docs/reference/, one for each public entry, are not what the doc comments in dist/*.d.ts
 * say. `npm run reference:accept` (`--accept`) writes them. Another folder than docs/reference/ can be named.
 */
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { readModels, textOf } = require('./doc-model');

const ENTRIES = {
  index: {
    specifier: 'temporal-power-automate',
    holds: 'the plugin, activities, configuration, DataverseClient',
  },
  client: { specifier: 'temporal-power-automate/client', holds: 'for services that start runs' },
  workflow: { specifier: 'temporal-power-automate/workflow', holds: 'for workflow code' },
  codegen: { specifier: 'temporal-power-automate/codegen', holds: 'typed flows, in a build' },
  testing: { specifier: 'temporal-power-automate/testing', holds: 'the emulator, and Temporal’s servers' },
};

function signatureOf({ kind, excerptTokens = [] }) {
  const text = excerptTokens
    .map((token) => token.text)
    .join('')
    .replace(/^export (declare )?/, '')
    .trimEnd();
  return kind === 'Variable' ? `const ${text}` : text;
}

/** In a cell of a table. */
const inCell = (text) => text.replace(/\s+/g, ' ').replaceAll('|', '\\|');

function membersOf({ members = [] }) {
  const shown = members.filter(({ kind }) => kind !== 'EnumMember');
  if (shown.length === 0) return '';
  const rows = shown.map(
    (member) => `| \`${inCell(signatureOf(member))}\` | ${inCell(textOf(member.docComment ?? ''))} |`,
  );
  return `\n| | |\n| --- | --- |\n${rows.join('\n')}\n`;
}

function itemOf(item) {
  const text = textOf(item.docComment ?? '');
  return `## ${item.name}\n\n${text ? `${text}\n\n` : ''}\`\`\`typescript\n${signatureOf(item)}\n\`\`\`\n${membersOf(item)}`;
}

function pageOf(entry, model) {
  const { specifier, holds } = ENTRIES[entry];
  const items = model.members.flatMap(({ members }) => members);
  items.sort((one, other) => (one.name < other.name ? -1 : 1));
  return `# ${specifier}\n\nMade by \`npm run reference:accept\` from the doc comments: ${holds}.\n\n${items.map(itemOf).join('\n')}`;
}

const { values, positionals } = parseArgs({
  options: { accept: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const folder = path.resolve(positionals[0] ?? path.join(__dirname, '..', 'docs', 'reference'));
const models = readModels(Object.keys(ENTRIES), { includeForgottenExports: false });
for (const [entry, model] of Object.entries(models)) {
  const file = path.join(folder, `${entry}.md`);
  const page = pageOf(entry, model);
  if (existsSync(file) && readFileSync(file, 'utf8') === page) continue;
  if (values.accept) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, page);
    console.log(`${entry}.md is written.`);
  } else {
    console.error(
      `${entry}.md is not what the doc comments say. If that is meant: npm run reference:accept.`,
    );
    process.exitCode = 1;
  }
}
