/**
 * Helm, built once with Go as `tools/helm` pins it, and what Kubernetes and operators say of their objects, from the modules
 * that they are built from. All are kept in the cache of Temporal's servers.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { fillCache } from '../../src/testing/temporal-servers/cache';
import { executableName, findOnPath } from '../../src/testing/temporal-servers/executables';
import { findContext } from '../../src/testing/temporal-servers/find-options';
import { goProgram, pinnedEntry } from '../helpers/go-program';
import { describeUnlessMissing } from '../helpers/missing-tools';
import { Kubernetes } from './kubernetes';

const PINS = path.join(__dirname, '..', '..', 'tools', 'helm');
const HELM = 'helm.sh/helm/v3/cmd/helm';

export const KUBERNETES_VERSION = '1.36.3';

/** A file of a Go module. */
interface ModuleFile {
  module: string;
  /** Of the module, as Go's checksum database has it. */
  sum: string;
  file: string;
}

const OPENAPI: ModuleFile = {
  module: `k8s.io/kubernetes@v${KUBERNETES_VERSION}`,
  sum: 'h1:qDQdoMiluAE2Eab6Fa52YV+WjiGz9mZFFoagEA6cI+o=',
  file: 'api/openapi-spec/swagger.json',
};

/** Definitions of objects that operators bring: KEDA's, and those of Prometheus'. */
const CUSTOM_RESOURCES: readonly ModuleFile[] = [
  {
    module: 'github.com/kedacore/keda/v2@v2.21.0',
    sum: 'h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=',
    file: 'config/crd/bases/keda.sh_scaledobjects.yaml',
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    sum: 'h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=',
    file: 'example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml',
  },
];

/** `describe` where there is Go. Otherwise it says what is skipped, or fails where REQUIRE_HELM is 1. */
export function describeWithGo(): jest.Describe {
  const missing = findOnPath('go', process.env) === undefined ? 'go, with which Helm is built' : '';
  return describeUnlessMissing(missing, 'The Helm chart', 'REQUIRE_HELM');
}

/** The path of Helm. The first time it is built, which takes some minutes. */
export async function helm(): Promise<string> {
  const entry = pinnedEntry('helm', PINS, 'helm.sh/helm/v3');
  return goProgram({ entry, file: executableName('helm'), cwd: PINS, packages: [HELM] });
}

/** What Kubernetes and the operators take. */
export async function kubernetes(): Promise<Kubernetes> {
  const [openApi = '', ...customResources] = await Promise.all([OPENAPI, ...CUSTOM_RESOURCES].map(textOf));
  return new Kubernetes(
    JSON.parse(openApi),
    customResources.map((text) => parse(text)),
  );
}

/** Is loaded once. */
async function textOf({ module, sum, file }: ModuleFile): Promise<string> {
  const { cache, env } = findContext({});
  const entry = `module-file-${createHash('sha256').update(sum).digest('hex').slice(0, 16)}`;
  const name = path.basename(file);
  const read = () => readFileSync(path.join(cache, entry, name), 'utf8');
  try {
    return read();
  } catch {
    await fillCache(cache, entry, async (directory) => {
      const args = ['mod', 'download', '-json', module];
      const { stdout } = await promisify(execFile)('go', args, { env: { ...env, GOWORK: 'off' } });
      const { Dir, Sum } = JSON.parse(stdout) as { Dir: string; Sum: string };
      if (Sum !== sum) throw new Error(`${module} is another one: ${Sum}`);
      copyFileSync(path.join(Dir, file), path.join(directory, name));
    });
    return read();
  }
}
