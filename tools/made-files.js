/** Files that a tool makes and the repository keeps: compared with what it would make now, or written with `--accept`. */
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');

/**
 * Reads the command line of the tool, in which another folder can be named, and sets the exit code.
 * @param options `folder`: where the files are; `make()`: their texts, by name; `problem`: the end of "<file> is not what ...".
 */
function keepMadeFiles({ folder, make, problem }) {
  const { values, positionals } = parseArgs({
    options: { accept: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const target = path.resolve(positionals[0] ?? folder);
  for (const [name, text] of Object.entries(make())) {
    const file = path.join(target, name);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    if (values.accept) {
      mkdirSync(target, { recursive: true });
      writeFileSync(file, text);
      console.log(`${name} is written.`);
    } else {
      console.error(`${name} is not what ${problem}`);
      process.exitCode = 1;
    }
  }
}

module.exports = { keepMadeFiles };
