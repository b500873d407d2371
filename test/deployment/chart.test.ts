/** The Helm chart, rendered by Helm itself, and held against the schemas of Kubernetes. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import type { Kubernetes, KubernetesObject } from './kubernetes';
import { describeWithGo, helm, KUBERNETES_VERSION, kubernetes } from './toolchain';

const ROOT = path.join(__dirname, '..', '..');
const CHART = path.join(ROOT, 'deploy', 'helm', 'temporal-power-automate');
const BUILT_WITHIN_MS = 20 * 60_000;

let program: string;
let cluster: Kubernetes;

const EVERYTHING = {
  image: { repository: 'registry.example/robots', digest: `sha256:${'a'.repeat(64)}` },
  imagePullSecrets: [{ name: 'registry' }],
  temporal: { address: 'temporal.example:7233', namespace: 'invoices', taskQueue: 'robots' },
  config: { POWER_AUTOMATE_ORGANIZATION_URI: 'https://contoso.crm4.dynamics.com', LOG_LEVEL: 'debug' },
  secrets: {
    environment: 'worker-environment',
    files: { name: 'worker-files', clientSecret: 'client-secret', encryptionKeys: 'keys' },
    robots: { name: 'robots', allowed: ['SAP_USER', 'SAP_PASSWORD'] },
  },
  serviceAccount: { annotations: { 'azure.workload.identity/client-id': 'x' } },
  worker: {
    podLabels: { 'azure.workload.identity/use': 'true' },
    podAnnotations: { team: 'rpa' },
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    tolerations: [{ key: 'robots', operator: 'Exists' }],
    affinity: { nodeAffinity: {} },
    extraEnv: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/ca/ca.pem' }],
    extraVolumes: [{ name: 'ca', configMap: { name: 'ca' } }],
    extraVolumeMounts: [{ name: 'ca', mountPath: '/ca' }],
  },
  autoscaling: { enabled: true, hpa: { matchLabels: { temporal_task_queue: 'robots' } } },
  callbacks: {
    enabled: true,
    baseUrl: 'https://robots.contoso.com/callbacks',
    secret: 'callbacks',
    ingressPodLabels: { app: 'ingress-nginx' },
  },
  codecServer: {
    enabled: true,
    origins: ['https://temporal.contoso.com'],
    secret: 'codec',
    config: { LOG_LEVEL: 'warn' },
  },
  metrics: { podMonitor: { enabled: true, labels: { release: 'prometheus' } } },
  networkPolicy: {
    prometheusNamespaceLabels: { 'kubernetes.io/metadata.name': 'monitoring' },
    extraEgress: [{ ports: [{ port: 4318 }] }],
  },
};

async function run(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 16 * 1024 * 1024 });
  return stdout;
}

/** By kind and name, such as `Deployment r-temporal-power-automate-worker`. */
async function rendered(values: object): Promise<Map<string, KubernetesObject>> {
  // JSON is YAML.
  const given = Object.entries(values).flatMap(([name, value]) => [
    '--set-json',
    `${name}=${JSON.stringify(value)}`,
  ]);
  const text = await run('template', 'r', CHART, '--kube-version', KUBERNETES_VERSION, ...given);
  const objects = parseAllDocuments(text).flatMap((document) => (document.toJS() ?? []) as KubernetesObject);
  return new Map(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}

const NAME = 'r-temporal-power-automate';

// biome-ignore lint/suspicious/noExplicitAny: tests look at single fields
function specOf(objects: Map<string, KubernetesObject>, name: string): any {
  return (objects.get(name) as KubernetesObject).spec;
}

function containersOf(objects: Map<string, KubernetesObject>) {
  return [...objects.values()]
    .filter(({ kind }) => kind === 'Deployment')
    .flatMap(({ spec }) => spec.template.spec.containers);
}

describeWithGo()('the chart', () => {
  beforeAll(async () => {
    program = await helm();
    cluster = await kubernetes();
  }, BUILT_WITHIN_MS);

  it.each([
    ['as it is by default', {}],
    ['with everything', EVERYTHING],
    [
      'with the values to begin with',
      parse(readFileSync(path.join(CHART, '..', 'example-values.yaml'), 'utf8')),
    ],
    ['with KEDA', { autoscaling: { enabled: true, kind: 'keda' } }],
    [
      'without what may be left out',
      {
        metrics: { enabled: false },
        networkPolicy: { enabled: false },
        podDisruptionBudget: { enabled: false },
      },
    ],
    ['without metrics, with its network policy', { metrics: { enabled: false } }],
  ])('makes objects that Kubernetes knows, %s', async (_what, values) => {
    const objects = await rendered(values);
    expect(objects.size).toBeGreaterThan(1);
    for (const [name, object] of objects) expect([name, cluster.problemsOf(object)]).toEqual([name, []]);
  });

  it('is held against schemas that refuse what Kubernetes would', async () => {
    const worker = (await rendered({})).get(`Deployment ${NAME}-worker`) as KubernetesObject;
    const wrong = structuredClone(worker);
    wrong.spec.template.spec.containers[0].readinessProb = {};
    wrong.spec.replicas = 'two';
    expect(cluster.problemsOf(wrong).join()).toMatch(/readinessProb.*replicas|replicas.*readinessProb/s);
    expect(cluster.problemsOf({ ...worker, apiVersion: 'apps/v2' })).toHaveLength(1);
  });

  it.each([
    ['KEDA', `ScaledObject ${NAME}-worker`, { autoscaling: { enabled: true, kind: 'keda' } }],
    ['the operator of Prometheus', `PodMonitor ${NAME}-worker`, EVERYTHING],
  ])('is held against schemas that refuse what %s would', async (_who, name, values) => {
    const object = (await rendered(values)).get(name) as KubernetesObject;
    expect(cluster.problemsOf(object)).toEqual([]);
    const wrong = structuredClone(object);
    wrong.spec.scaleTargetReff = {};
    expect(cluster.problemsOf(wrong).join()).toContain('scaleTargetReff');
  });

  it('has no complaint of Helm', async () => {
    expect(await run('lint', '--strict', CHART)).toContain('0 chart(s) failed');
  });

  it('runs everything as nobody in particular, on a file system that is read-only', async () => {
    const objects = await rendered(EVERYTHING);
    const deployments = [...objects.values()].filter(({ kind }) => kind === 'Deployment');
    expect(deployments).toHaveLength(3);
    for (const { spec } of deployments) {
      const pod = spec.template.spec;
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(pod.automountServiceAccountToken).toBe(false);
    }
    for (const { securityContext, image, resources } of containersOf(objects)) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(image).toBe(`registry.example/robots@sha256:${'a'.repeat(64)}`);
      expect(resources.limits.memory).toBeDefined();
    }
  });

  it('gives a worker its variables, and secrets by their names alone', async () => {
    const [worker] = containersOf(
      await rendered({ ...EVERYTHING, callbacks: { enabled: false }, codecServer: { enabled: false } }),
    );
    const env = Object.fromEntries(
      worker.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
    expect(env).toEqual({
      TEMPORAL_ADDRESS: 'temporal.example:7233',
      TEMPORAL_NAMESPACE: 'invoices',
      TEMPORAL_TASK_QUEUE: 'robots',
      POWER_AUTOMATE_ORGANIZATION_URI: 'https://contoso.crm4.dynamics.com',
      LOG_LEVEL: 'debug',
      POWER_AUTOMATE_CLIENT_SECRET_FILE: '/run/secrets/worker/client-secret',
      PAYLOAD_ENCRYPTION_KEYS_FILE: '/run/secrets/worker/keys',
      POWER_AUTOMATE_SECRETS_FROM: '/run/secrets/robots',
      POWER_AUTOMATE_SECRETS: 'SAP_USER,SAP_PASSWORD',
      HEALTH_HOST: '0.0.0.0',
      HEALTH_PORT: '8089',
      METRICS_HOST: '0.0.0.0',
      METRICS_PORT: '9464',
      NODE_EXTRA_CA_CERTS: '/ca/ca.pem',
    });
    expect(worker.envFrom).toEqual([{ secretRef: { name: 'worker-environment' } }]);
  });

  it('lets a worker end what it has begun, and asks it whether it is ready', async () => {
    const worker = (await rendered({})).get(`Deployment ${NAME}-worker`) as KubernetesObject;
    const { terminationGracePeriodSeconds, containers } = worker.spec.template.spec;
    // Its own grace is 90 s: docs/activities.md.
    expect(terminationGracePeriodSeconds).toBeGreaterThan(100);
    expect(containers[0].readinessProbe.httpGet).toEqual({ path: '/ready', port: 'health' });
    expect(containers[0].livenessProbe.httpGet).toEqual({ path: '/live', port: 'health' });
  });

  it('gives the receiver of callbacks no credentials of Dataverse', async () => {
    const objects = await rendered(EVERYTHING);
    const { containers, volumes } = specOf(objects, `Deployment ${NAME}-callbacks`).template.spec;
    expect(containers[0].envFrom).toEqual([{ secretRef: { name: 'callbacks' } }]);
    expect(JSON.stringify([containers, volumes])).not.toMatch(
      /worker-environment|worker-files|POWER_AUTOMATE/,
    );
  });

  it('lets each process reach what it needs, and be reached by whom it serves', async () => {
    const objects = await rendered(EVERYTHING);
    const ports = (name: string, way: 'ingress' | 'egress') =>
      objects
        .get(`NetworkPolicy ${NAME}-${name}`)
        ?.spec[way].flatMap((rule: { ports: { port: number }[] }) => rule.ports.map(({ port }) => port));
    expect(ports('worker', 'egress')).toEqual([53, 53, 443, 7233, 4318]);
    expect(ports('worker', 'ingress')).toEqual([9464]);
    expect(ports('callbacks', 'ingress')).toEqual([8088]);
    expect(ports('codec-server', 'egress')).toEqual([53, 53, 443, 4318]);
    const [{ from }] = specOf(objects, `NetworkPolicy ${NAME}-callbacks`).ingress;
    expect(from).toEqual([{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'ingress-nginx' } } }]);
  });

  it('leaves the number of workers to whoever scales them', async () => {
    const objects = await rendered(EVERYTHING);
    expect(specOf(objects, `Deployment ${NAME}-worker`).replicas).toBeUndefined();
    const [{ external }] = specOf(objects, `HorizontalPodAutoscaler ${NAME}-worker`).metrics;
    expect(external).toEqual({
      metric: {
        name: 'temporal_cloud_v1_approximate_backlog_count',
        selector: { matchLabels: { temporal_task_queue: 'robots' } },
      },
      target: { type: 'AverageValue', averageValue: '20' },
    });
  });

  it.each([
    [
      'a scale by the backlog of every queue',
      { autoscaling: { enabled: true } },
      'autoscaling.hpa.matchLabels must choose the task queue',
    ],
    [
      'a receiver without a URL that Dataverse can call',
      { callbacks: { enabled: true, secret: 'x' } },
      'baseUrl',
    ],
    [
      'a codec server without keys',
      { codecServer: { enabled: true, origins: ['https://x.example'] } },
      'secret',
    ],
    [
      'an end too soon for a trigger in flight',
      { worker: { terminationGracePeriodSeconds: 30 } },
      'terminationGracePeriodSeconds',
    ],
    ['a value that it does not know', { wroker: {} }, 'wroker'],
  ])('refuses %s', async (_what, values, message) => {
    await expect(rendered(values)).rejects.toThrow(message);
  });
});

it('the version of the chart’s image is that of the package', () => {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  expect(parse(readFileSync(path.join(CHART, 'Chart.yaml'), 'utf8')).appVersion).toBe(version);
});
