/**
 * `npm run rooms [folder]`: how src/ is laid out, and whether every import goes where it may. A room is a folder: the
 * files directly in it. Imports of types count as others do. `--quiet` prints the problems alone.
 */
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { parseSync } = require('@swc/core');

const list = (text) => text.trim().split(/\s+/);

/** The rooms of each zone, lowest first: one imports from itself, from those before it, and from the other zones named. */
const ZONES = {
  SHARED: { mayImport: ['SHARED'], rooms: list('common/schema common service') },
  SANDBOX: {
    mayImport: ['SHARED', 'SANDBOX'],
    rooms: list('workflows/support workflows/watch workflows/run workflows/batch workflows'),
  },
  HOST: {
    mayImport: ['SHARED', 'HOST'],
    rooms: list(`
      dataverse/http dataverse/limits dataverse/auth dataverse
      callback identity encryption codec-server storage config temporal schemas feel explain
      activities/support activities/watch activities/starts activities/trigger activities
      metrics tracing health worker nexus plugin codegen doctor camunda
      cli/support cli/runs cli/commands cli
    `),
  },
  DEVELOPMENT: {
    mayImport: ['SHARED', 'DEVELOPMENT'],
    rooms: list(`
      testing/emulator/odata testing/emulator/setup testing/emulator/oauth testing/emulator/faults
      testing/emulator/limits testing/emulator/runs testing/emulator/world testing/emulator/calls
      testing/emulator/http testing/emulator
      testing/temporal-servers testing/dev testing/demo
    `),
  },
};

/** The files of src/ itself, and the zones that each may import. No room imports them. */
const ENTRIES = {
  'client.ts': ['SHARED'],
  'workflow.ts': ['SHARED', 'SANDBOX'],
  'index.ts': ['SHARED', 'HOST'],
  'codegen.ts': ['SHARED', 'HOST'],
  'data-converter.ts': ['SHARED', 'HOST'],
  'worker.ts': ['SHARED', 'HOST'],
  'testing.ts': ['SHARED', 'DEVELOPMENT'],
};

/** What stands alone: these folders, with the rooms in them, import no others of this project. */
const ONLY = { callback: ['callback', 'common'], dataverse: ['dataverse', 'common'], feel: ['feel'] };

const ROOMS = Object.values(ZONES).flatMap(({ rooms }) => rooms);
const zoneOf = (room) => Object.keys(ZONES).find((zone) => ZONES[zone].rooms.includes(room));
const isIn = (folders, room) => folders.some((folder) => `${room}/`.startsWith(`${folder}/`));
const srcOf = (folders) => folders.map((folder) => `src/${folder}`);

/** What the file imports from, wherever it does: statements, `export … from`, `import()`, of values and of types. */
function specifiersIn(node) {
  if (node === null || typeof node !== 'object') return [];
  const { type, callee } = node;
  const from = [
    /^(Import|ExportNamed|ExportAll)Declaration$/.test(type) && node.source,
    type === 'TsImportType' && node.argument,
    type === 'TsExternalModuleReference' && node.expression,
    type === 'CallExpression' &&
      (callee.type === 'Import' || callee.value === 'require') &&
      node.arguments[0]?.expression,
  ].filter((literal) => literal?.type === 'StringLiteral');
  return [...from.map(({ value }) => value), ...Object.values(node).flatMap(specifiersIn)];
}

/** By its path below the folder, each file: its room, its number of lines, and the files that it imports. */
function readTree(folder) {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const names = found.map((one) => path.relative(folder, path.join(one.parentPath, one.name))).sort();
  const resolve = (name, from) => {
    const target = path.join(path.dirname(name), from, '.');
    const candidates = [
      `${target}.ts`,
      path.join(target, 'index.ts'),
      target,
      target.replace(/\.js$/, '.ts'),
    ];
    return { from, file: candidates.find((candidate) => names.includes(candidate)) };
  };
  const read = (name) => {
    const text = readFileSync(path.join(folder, name), 'utf8');
    const specifiers = name.endsWith('.ts') ? specifiersIn(parseSync(text, { syntax: 'typescript' })) : [];
    const own = [...new Set(specifiers)].filter((from) => /^\.\.?(\/|$)/.test(from));
    const imports = own.map((from) => resolve(name, from));
    return { room: path.dirname(name), lines: text.split('\n').length - 1, imports };
  };
  return new Map(names.map((name) => [name, read(name)]));
}

/** What is wrong with where a file is. */
function misplaced(name, room) {
  const fix = 'Move it to a room, or give it a place in tools/rooms.js.';
  if (room === '.') return name in ENTRIES ? [] : [`src/${name} is no public entry. ${fix}`];
  return ROOMS.includes(room) ? [] : [`src/${room} is in no room of the list. ${fix}`];
}

/** What is wrong with one import, if anything. */
function forbidden(name, room, { from, file }, target) {
  const says = `src/${name} imports '${from}'`;
  if (file === undefined)
    return [`${says}, which is no file of src/. Import files of src/ and packages alone.`];
  if (target === '.') return [`${says}, a public entry. Import from the room that has it.`];
  const [own, zone] = [zoneOf(room), zoneOf(target)];
  const zones = room === '.' ? ENTRIES[name] : ZONES[own]?.mayImport;
  if (zones === undefined || zone === undefined) return []; // What is misplaced is said once.
  if (!zones.includes(zone)) {
    const who = own ?? 'this entry';
    return [
      `${says} of ${zone}: ${who} imports ${zones.join(' and ')} alone. Move what both need to src/common.`,
    ];
  }
  const folder = Object.keys(ONLY).find((one) => isIn([one], room));
  if (folder && !isIn(ONLY[folder], target)) {
    const only = srcOf(ONLY[folder]).join(' and ');
    return [`${says}: src/${folder} imports ${only} alone. Hand in what it needs, or move it to src/common.`];
  }
  if (own !== zone || ROOMS.indexOf(target) <= ROOMS.indexOf(room)) return [];
  return [`${says}, upwards: src/${target} is above src/${room}. Move what it needs down, or this file up.`];
}

/** The shortest chain of imports from a file back to itself, if there is one. */
function circleFrom(start, tree) {
  const seen = new Set();
  const chains = [[start]];
  for (const chain of chains) {
    for (const { file } of tree.get(chain.at(-1)).imports) {
      if (file === start) return chain;
      if (file && !seen.has(file)) chains.push([...chain, file]);
      seen.add(file);
    }
  }
}

function circles(tree) {
  const byMembers = new Map();
  for (const name of tree.keys()) {
    const circle = circleFrom(name, tree);
    const members = circle && [...circle].sort().join();
    if (circle && !byMembers.has(members)) byMembers.set(members, srcOf([...circle, name]));
  }
  return [...byMembers.values()].map(
    (chain) =>
      `${chain[0]} imports itself in a circle: ${chain.join(' → ')}. Move what they share below them.`,
  );
}

function problemsOf(tree) {
  const files = [...tree].flatMap(([name, { room, imports }]) => [
    ...misplaced(name, room),
    ...imports.flatMap((one) => forbidden(name, room, one, tree.get(one.file)?.room)),
  ]);
  return new Set([...files, ...circles(tree)]);
}

function printTree(tree) {
  const files = [...tree.values()];
  const print = (label, counted, zone = '') => {
    const lines = counted.reduce((sum, file) => sum + file.lines, 0);
    const counts = `${String(counted.length).padStart(5)} files ${String(lines).padStart(6)} lines  `;
    console.log(`${label.padEnd(26)}${counted.length > 0 ? counts : ''}${zone}`.trimEnd());
  };
  const parents = (room) => room.split('/').map((_, depth, parts) => parts.slice(0, depth + 1).join('/'));
  for (const folder of [...new Set(files.flatMap(({ room }) => parents(room)))].sort()) {
    const label =
      folder === '.' ? 'src/' : `${'  '.repeat(folder.split('/').length)}${path.basename(folder)}/`;
    print(
      label,
      files.filter(({ room }) => room === folder),
      zoneOf(folder),
    );
  }
  print('in all', files);
}

const args = process.argv.slice(2);
const tree = readTree(args.find((arg) => !arg.startsWith('--')) ?? path.join(__dirname, '..', 'src'));
if (!args.includes('--quiet')) printTree(tree);
const problems = problemsOf(tree);
for (const problem of problems) console.error(problem);
process.exitCode = problems.size > 0 ? 1 : 0;
