/**
 * `npm run command-page`: compares the end of docs/command.md with what `--help` of each command says, and with `--accept`
 * writes it. The beginning of the page is written by hand.
 */
const { execFile } = require('node:child_process');
const { readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');

const ROOT = path.join(__dirname, '..');
const PAGE = path.join(ROOT, 'docs', 'command.md');
const MARK = '<!-- From here on made by `npm run command-page:accept`. -->\n';

async function helpOf(...args) {
  const main = path.join(ROOT, 'dist', 'cli', 'main.js');
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args, '--help']);
  return stdout.trimEnd();
}

async function made() {
  const { COMMANDS } = require(path.join(ROOT, 'dist', 'cli', 'commands.js'));
  const parts = await Promise.all(
    COMMANDS.map(
      async ({ name }) => `\n## desktop-flow ${name}\n\n\`\`\`text\n${await helpOf(name)}\n\`\`\`\n`,
    ),
  );
  return parts.join('');
}

async function main() {
  const page = readFileSync(PAGE, 'utf8');
  const [byHand] = page.split(MARK);
  const whole = `${byHand}${MARK}${await made()}`;
  if (process.argv.includes('--accept')) writeFileSync(PAGE, whole);
  else if (whole !== page) {
    console.error('docs/command.md is not what --help says: npm run command-page:accept');
    process.exitCode = 1;
  }
}

main();
