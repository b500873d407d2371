/** What `npm run audit:dependencies` makes of lock files and of answers of `npm audit`, and of those of this package. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const { advisoryProblems, lockFileProblems } = require('../../tools/audit/findings.js') as {
  advisoryProblems(text: string): { problems?: string[]; unknown?: string };
  lockFileProblems(lockFile: object): string[];
};

const ROOT = path.join(__dirname, '..', '..');

const GOOD = { version: '1.0.0', license: 'MIT', integrity: 'sha512-x' };
const lockOf = (changes: object) => ({
  lockfileVersion: 3,
  packages: { '': { name: 'own' }, 'node_modules/one': { ...GOOD, ...changes } },
});

/** As npm 10 and 11 write it, shortened. */
const ADVISORIES = {
  auditReportVersion: 2,
  vulnerabilities: {
    outer: { name: 'outer', severity: 'low', via: ['inner'], range: '*', fixAvailable: false },
    inner: {
      name: 'inner',
      severity: 'high',
      via: [
        { title: 'Prototype Pollution', url: 'https://github.com/advisories/GHSA-xxxx', severity: 'high' },
      ],
      range: '<1.2.3',
      fixAvailable: true,
    },
  },
};

describe('the lock file', () => {
  it('of this package is whole', () => {
    const lockFile = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
    expect(lockFileProblems(lockFile)).toEqual([]);
  });

  it.each([
    ['without a checksum', { integrity: undefined }, 'has no SHA-512'],
    ['with a weak checksum', { integrity: 'sha1-x' }, 'has no SHA-512'],
    [
      'from another place',
      { resolved: 'git+ssh://git@example.com/one.git?token=x' },
      'comes from git+ssh://example.com,',
    ],
    ['with a script', { hasInstallScript: true }, 'runs a script'],
    ['without a licence', { license: undefined }, 'names no licence'],
    ['under a licence that passes on', { license: 'GPL-3.0-only' }, 'is under GPL-3.0-only'],
    [
      'under two licences of which one passes on',
      { license: 'MIT AND GPL-3.0-only' },
      'is under MIT AND GPL-3.0-only',
    ],
    ['that is given on, under a licence for tools', { license: 'CC-BY-4.0' }, 'is under CC-BY-4.0'],
  ])('with a package %s is not', (_what, changes, problem) => {
    expect(lockFileProblems(lockOf(changes))).toEqual([expect.stringContaining(`one ${problem}`)]);
  });

  it.each([
    {},
    { license: '(GPL-3.0-only OR MIT)' },
    { license: 'Apache-2.0 AND MIT' },
    { license: 'CC-BY-4.0', dev: true },
  ])('may have a package of %j', (changes) => expect(lockFileProblems(lockOf(changes))).toEqual([]));
});

describe('the advisories', () => {
  it('are told with the worst first', () => {
    expect(advisoryProblems(JSON.stringify(ADVISORIES))).toEqual({
      problems: [
        'inner <1.2.3, high: Prototype Pollution (https://github.com/advisories/GHSA-xxxx); a mend is there: npm audit fix',
        'outer *, low: by inner; no mend is there yet',
      ],
    });
  });

  it('may be none', () =>
    expect(advisoryProblems('{"auditReportVersion":2,"vulnerabilities":{}}')).toEqual({ problems: [] }));

  it.each([
    [
      '{"message":"405 Method Not Allowed - POST https://host.example/x","error":{"summary":""}}',
      '405 Method Not Allowed',
    ],
    [
      '{"error":{"code":"ENOLOCK","summary":"This command requires an existing lockfile."}}',
      'requires an existing lockfile',
    ],
    ['null', 'no reason given'],
    ['', 'not answered with JSON'],
  ])('are not there in %j, which is not the same as none', (text, why) => {
    const { problems, unknown } = advisoryProblems(text);
    expect(problems).toBeUndefined();
    expect(unknown).toContain(why);
    expect(unknown).not.toContain('host.example');
  });
});

it('the command says so where nobody can be asked, and does not pass', () => {
  // Nothing listens on this port.
  const env = { ...process.env, npm_config_registry: 'http://127.0.0.1:9', npm_config_fetch_retries: '0' };
  const { status, stdout } = spawnSync(process.execPath, ['tools/audit/main.js'], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  });
  expect(stdout).toContain('licences, scripts and checksums are as they should be');
  expect(stdout).toContain('No word on known weaknesses');
  expect(status).toBe(3);
});
