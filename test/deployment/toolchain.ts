/**
 * Helm, built once with Go as `tools/helm` pins it, and what Kubernetes says of its objects, from the module that Kubernetes
 * is built from. Both are kept in the cache of Temporal's servers.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { fillCache } from '../../src/testing/temporal-servers/cache';
import { executableName, findOnPath } from '../../src/testing/temporal-servers/executables';
import { findContext } from '../../src/testing/temporal-servers/find-options';
import { goProgram } from '../helpers/go-program';
import { describeUnlessMissing } from '../helpers/missing-tools';

const PINS = path.join(__dirname, '..', '..', 'tools', 'helm');
const HELM = 'helm.sh/helm/v3/cmd/helm';

export const KUBERNETES_VERSION = '1.36.3';
const KUBERNETES = `k8s.io/kubernetes@v${KUBERNETES_VERSION}`;
/** As Go's checksum database has it. */
const KUBERNETES_SUM = 'h1:qDQdoMiluAE2Eab6Fa52YV+WjiGz9mZFFoagEA6cI+o=';
const OPENAPI = 'swagger.json';

/** `describe` where there is Go. Otherwise it says what is skipped, or fails where REQUIRE_HELM is 1. */
export function describeWithGo(): jest.Describe {
  const missing = findOnPath('go', process.env) === undefined ? 'go, with which Helm is built' : '';
  return describeUnlessMissing(missing, 'The Helm chart', 'REQUIRE_HELM');
}

/** The path of Helm. The first time it is built, which takes some minutes. */
export async function helm(): Promise<string> {
  const version = /helm\.sh\/helm\/v3 v(\S+)/.exec(readFileSync(path.join(PINS, 'go.mod'), 'utf8'))?.[1];
  const entry = `helm-${version}-${process.platform}-${process.arch}`;
  return goProgram({ entry, file: executableName('helm'), cwd: PINS, packages: [HELM] });
}

/** The OpenAPI document of Kubernetes. */
export async function kubernetesOpenApi(): Promise<{ definitions: Record<string, object> }> {
  const { cache, env } = findContext({});
  const entry = `kubernetes-openapi-${KUBERNETES_VERSION}`;
  const file = path.join(cache, entry, OPENAPI);
  const read = () => JSON.parse(readFileSync(file, 'utf8'));
  try {
    return read();
  } catch {
    await fillCache(cache, entry, async (directory) => {
      const args = ['mod', 'download', '-json', KUBERNETES];
      const { stdout } = await promisify(execFile)('go', args, { env: { ...env, GOWORK: 'off' } });
      const { Dir, Sum } = JSON.parse(stdout) as { Dir: string; Sum: string };
      if (Sum !== KUBERNETES_SUM) throw new Error(`${KUBERNETES} is another one: ${Sum}`);
      copyFileSync(path.join(Dir, 'api', 'openapi-spec', OPENAPI), path.join(directory, OPENAPI));
    });
    return read();
  }
}
