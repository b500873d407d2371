/**
 * `npm run sbom`: what the image has of npm, as CycloneDX or, with `-- spdx`, as SPDX. From the lock file, without what is only
 * for building, as the Dockerfile leaves it out. What Debian brings an image scanner lists.
 */
const { spawnSync } = require('node:child_process');
const { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const FORMATS = ['cyclonedx', 'spdx'];

const root = path.join(__dirname, '..');
const [format = FORMATS[0]] = process.argv.slice(2);
if (!FORMATS.includes(format)) {
  console.error(`npm run sbom -- ${FORMATS.join(' or ')}`);
  process.exit(2);
}
// npm takes the SDK, which is a peer dependency and one for development, for the latter alone.
const { devDependencies: _left, ...shipped } = JSON.parse(
  readFileSync(path.join(root, 'package.json'), 'utf8'),
);
const folder = mkdtempSync(path.join(os.tmpdir(), 'sbom-'));
try {
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(shipped));
  copyFileSync(path.join(root, 'package-lock.json'), path.join(folder, 'package-lock.json'));
  const npm = (output, ...args) =>
    spawnSync('npm', [...args, '--package-lock-only'], { cwd: folder, stdio: ['ignore', output, 'inherit'] })
      .status;
  process.exitCode = npm('ignore', 'prune', '--no-audit') || npm('inherit', 'sbom', '--sbom-format', format);
} finally {
  rmSync(folder, { recursive: true });
}
