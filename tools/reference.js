/**
 * `npm run reference`: fails if the pages of docs/reference/, one for each public entry, are not what the doc comments in dist/*.d.ts
 * say. `npm run reference:accept` (`--accept`) writes them. Another folder than docs/reference/ can be named.
 */
const path = require('node:path');
const { readModels, textOf } = require('./doc-model');
const { keepMadeFiles } = require('./made-files');

const ENTRIES = {
  index: {
    specifier: 'temporal-power-automate',
    holds: 'the plugin, activities, configuration, DataverseClient',
  },
  client: { specifier: 'temporal-power-automate/client', holds: 'for services that start runs' },
  workflow: { specifier: 'temporal-power-automate/workflow', holds: 'for workflow code' },
  codegen: { specifier: 'temporal-power-automate/codegen', holds: 'typed flows, in a build' },
  'data-converter': {
    specifier: 'temporal-power-automate/data-converter',
    holds: 'encryption, for clients and workers of your own',
  },
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

keepMadeFiles({
  folder: path.join(__dirname, '..', 'docs', 'reference'),
  make() {
    const models = readModels(Object.keys(ENTRIES), { includeForgottenExports: false });
    return Object.fromEntries(
      Object.entries(models).map(([entry, model]) => [`${entry}.md`, pageOf(entry, model)]),
    );
  },
  problem: 'the doc comments say. If that is meant: npm run reference:accept.',
});
