/**
 * `npm run audit:dependencies`: known weaknesses of the dependencies, their licences, scripts that run at their installation,
 * and whether the lock file says what each of them is. For the owners, before a release: the answer is another one every day.
 *
 * Exit codes: 0 all is well; 1 something was found; 3 nothing was found, but the registry serves no advisories.
 */
const { spawnSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { advisoryProblems, lockFileProblems } = require('./findings.js');

const FOUND = 1;
const UNKNOWN = 3;

const root = path.join(__dirname, '..', '..');
const lockFile = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
const ofLockFile = lockFileProblems(lockFile);
const count = Object.keys(lockFile.packages).length - 1;

const { stdout } = spawnSync('npm', ['audit', '--json'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
const { problems: ofAdvisories = [], unknown } = advisoryProblems(stdout ?? '');

for (const problem of [...ofAdvisories, ...ofLockFile]) console.log(problem);
if (ofLockFile.length === 0)
  console.log(`${count} packages: licences, scripts and checksums are as they should be.`);
if (unknown !== undefined) {
  console.log(`No word on known weaknesses: ${unknown}. Ask again with a registry that serves advisories.`);
} else if (ofAdvisories.length === 0) {
  console.log(`${count} packages: no weakness is known.`);
}
if (ofAdvisories.length + ofLockFile.length > 0) process.exitCode = FOUND;
else if (unknown !== undefined) process.exitCode = UNKNOWN;
