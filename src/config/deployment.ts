/** HOST: which version of which worker deployment the worker process is, for Temporal's worker versioning. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Read } from './credentials';
import { packageVersion } from './package-version';

export interface DeploymentVersion {
  /** TEMPORAL_DEPLOYMENT_NAME */
  deploymentName: string;
  /** TEMPORAL_WORKER_BUILD_ID. @default the package's version, and a digest of its code */
  buildId: string;
}

/** What Temporal's server takes. */
const LONGEST = 400;

/** Undefined where nobody wants versions. The names are those by which Temporal's worker controller for Kubernetes tells a pod. */
export function readDeployment(read: Read, problems: string[]): DeploymentVersion | undefined {
  const deploymentName = read('TEMPORAL_DEPLOYMENT_NAME');
  const given = read('TEMPORAL_WORKER_BUILD_ID');
  if (deploymentName === undefined) {
    if (given !== undefined)
      problems.push(
        'TEMPORAL_DEPLOYMENT_NAME must be set too, where TEMPORAL_WORKER_BUILD_ID is: it names the deployment of which that is a version',
      );
    return undefined;
  }
  if (!isName(deploymentName) || /[.:]/.test(deploymentName))
    problems.push(
      `TEMPORAL_DEPLOYMENT_NAME must be a name without '.' and ':' that does not begin with '__', such as power-automate`,
    );
  const buildId = given ?? ownBuildId();
  if (buildId === undefined)
    problems.push(
      'TEMPORAL_WORKER_BUILD_ID must be set, because the files of this package are not there to make one of',
    );
  else if (!isName(buildId))
    problems.push(
      `TEMPORAL_WORKER_BUILD_ID must not begin with '__', nor be longer than ${LONGEST} characters`,
    );
  return { deploymentName, buildId: buildId ?? '' };
}

function isName(text: string): boolean {
  return text.length <= LONGEST && !text.startsWith('__');
}

const DIST = path.join(__dirname, '..');

/** Programs of their own, of which the worker loads nothing. */
const NOT_THE_WORKER = ['testing', 'cli'];

const DIGITS = 10;

/**
 * Tells builds apart whose code differs though their version is the same, as those of a working copy do: to Temporal, one id
 * is one code. The dependencies are those that the version asks for; where they were changed by hand, name the build.
 */
function ownBuildId(): string | undefined {
  const version = packageVersion();
  if (version === undefined) return undefined;
  const digest = createHash('sha256');
  const files = readdirSync(DIST, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => file.endsWith('.js') && !NOT_THE_WORKER.some((folder) => file.startsWith(`${folder}/`)))
    .sort();
  for (const file of files)
    digest
      .update(`${file}\0`)
      .update(readFileSync(path.join(DIST, file)))
      .update('\0');
  return `${version}-${digest.digest('hex').slice(0, DIGITS)}`;
}
