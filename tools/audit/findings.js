/** What there is to say of the dependencies: of the lock file, and of what `npm audit --json` has answered. Reads, asks nobody. */

/** Licences under which this package may be given on with its dependencies, by their names in SPDX. */
const LICENCES = [
  ...[
    '0BSD',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'CC0-1.0',
    'ISC',
    'MIT',
    'Unlicense',
  ],
];

/** Of what is only used to build and to test, and given to nobody. */
const MORE_OF_TOOLS = ['CC-BY-4.0', 'Python-2.0'];

/**
 * Packages that run a script when they are installed, each looked at: what they do is fetch or choose a program that was
 * built for this machine. `npm ci --ignore-scripts` works for a worker: none of them is among its dependencies.
 */
const WITH_SCRIPTS = [
  '@grpc/proto-loader/node_modules/protobufjs',
  '@parcel/watcher',
  '@swc/core',
  'unrs-resolver',
];

/** Packages whose `package.json` names no licence, or one by its address, each looked at: both are in the public domain. */
const LICENCE_IN_ITS_FILES = { unionfs: 'Unlicense', 'uri-templates': 'Unlicense' };

const SEVERITIES = ['critical', 'high', 'moderate', 'low', 'info'];

/** Text between two names of an SPDX expression; of alternatives one is enough, of a sum all are. */
function isAllowed(expression, allowed) {
  const alternatives = expression.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return alternatives.some((sum) => sum.split(' AND ').every((name) => allowed.includes(name)));
}

function nameOf(place) {
  return place.replace(/^node_modules\//, '');
}

/** @returns what is wrong with the lock file, as sentences. */
function lockFileProblems({ lockfileVersion, packages = {} }) {
  if (!(lockfileVersion >= 3)) return ['The lock file has no list of packages: make it with npm 7 or later'];
  return Object.entries(packages).flatMap(([place, one]) => {
    if (place === '' || one.link) return [];
    const name = nameOf(place);
    const problems = [];
    if (!/^sha512-/.test(one.integrity ?? ''))
      problems.push(`${name} has no SHA-512 in the lock file, so that anything may come in its place`);
    if (one.resolved !== undefined)
      problems.push(`${name} comes from ${withoutPath(one.resolved)}, not from the registry that is set`);
    if (one.hasInstallScript && !WITH_SCRIPTS.includes(name))
      problems.push(
        `${name} runs a script when it is installed: look at it, and list it in tools/audit/findings.js`,
      );
    const licence = LICENCE_IN_ITS_FILES[name] ?? one.license;
    const allowed = one.dev ? [...LICENCES, ...MORE_OF_TOOLS] : LICENCES;
    if (licence === undefined) problems.push(`${name} names no licence`);
    else if (!isAllowed(licence, allowed))
      problems.push(`${name} is under ${licence}, which is not on the list of tools/audit/findings.js`);
    return problems;
  });
}

/** A URL may hold a token. */
function withoutPath(url) {
  return URL.canParse(url) ? `${new URL(url).protocol}//${new URL(url).host}` : 'somewhere else';
}

/**
 * @param text what `npm audit --json` has written.
 * @returns `{ problems }`, or `{ unknown }`, which says why nobody can tell.
 */
function advisoryProblems(text) {
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    return { unknown: 'npm audit has not answered with JSON' };
  }
  const { vulnerabilities, message, error } = answer ?? {};
  if (typeof vulnerabilities !== 'object' || vulnerabilities === null) {
    return { unknown: `npm audit has told nothing (${reasonOf(message ?? error?.summary ?? error?.code)})` };
  }
  const problems = Object.values(vulnerabilities)
    .sort((one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity))
    .map(({ name, severity, range, via = [], fixAvailable }) => {
      const titles = via.flatMap((cause) =>
        typeof cause === 'string' ? [`by ${cause}`] : [`${cause.title} (${cause.url})`],
      );
      const mend = fixAvailable ? 'a mend is there: npm audit fix' : 'no mend is there yet';
      return `${name} ${range}, ${severity}: ${titles.join('; ')}; ${mend}`;
    });
  return { problems };
}

/** Its first part: the rest is the address of a registry. */
function reasonOf(message) {
  return typeof message === 'string' && message !== ''
    ? message.split(' - ')[0].slice(0, 200)
    : 'no reason given';
}

module.exports = { advisoryProblems, lockFileProblems };
