/** HOST: whether workers poll both queues, which version they are, and what holds them back. */
import { startsQueueOf } from '../common/start-priority';
import { isUnimplemented } from '../temporal/grpc-errors';
import { type Poller, TaskQueueType } from '../temporal/pollers';
import { liftServersLimit } from '../temporal/starts-limit';
import { type Check, type Finding, found, passed, type Result, untold } from './check';
import type { Setup } from './setup';

const GROUP = 'Workers';
const WHERE_WORKER =
  'the machine that runs the worker: node dist/worker.js, or your own with PowerAutomatePlugin';

export const WORKER_CHECKS: readonly Check[] = [
  {
    id: 'workers',
    group: GROUP,
    title: 'Workers poll the task queue',
    needs: ['namespace'],
    run: checkWorkers,
  },
  {
    id: 'starts-workers',
    group: GROUP,
    title: 'Workers poll the queue of starts',
    needs: ['workers'],
    run: checkStartsWorkers,
  },
  {
    id: 'worker-versions',
    group: GROUP,
    title: 'The workers are of one version, that of this command',
    needs: ['starts-workers'],
    run: checkVersions,
  },
  {
    id: 'queue-limits',
    group: GROUP,
    title: 'Temporal does not hold the workers back',
    needs: ['starts-workers'],
    run: checkQueueLimits,
    fix: liftLimitOfOlderWorkers,
  },
];

async function checkWorkers(setup: Setup): Promise<Result> {
  const { taskQueue, namespace } = setup;
  const [workflows, activities] = await Promise.all([
    setup.pollers(taskQueue, TaskQueueType.WORKFLOW),
    setup.pollers(taskQueue, TaskQueueType.ACTIVITY),
  ]);
  const where = `the task queue ${taskQueue} of the namespace ${namespace}`;
  if (workflows.length > 0 && activities.length > 0) return passed(`${taskQueue}: ${names(workflows)}`);
  if (workflows.length === 0 && activities.length === 0) {
    return found({
      code: 'no-worker',
      what: `No worker polls ${where}`,
      why: 'Runs can be started, and wait until a worker comes',
      whatToDo:
        'Start the worker. If it runs, compare its TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and TEMPORAL_TASK_QUEUE with those here',
      where: WHERE_WORKER,
    });
  }
  const lacks = workflows.length === 0 ? 'workflows' : 'activities';
  return found({
    code: `no-worker-of-${lacks}`,
    what: `The workers on ${where} run no ${lacks}`,
    why: 'A run stands still at its first task that nobody takes',
    whatToDo: `Have a worker with PowerAutomatePlugin run ${lacks} too, or another one beside it`,
    where: WHERE_WORKER,
  });
}

async function checkStartsWorkers(setup: Setup): Promise<Result> {
  const queue = startsQueueOf(setup.taskQueue);
  const starts = await setup.pollers(queue, TaskQueueType.ACTIVITY);
  if (starts.length > 0) return passed(`${queue}: ${names(starts)}`);
  return found({
    code: 'no-starts-worker',
    what: `No worker polls the queue of starts, ${queue}`,
    why: 'Runs stand still before their robot is started',
    whatToDo:
      'Give the worker the PowerAutomatePlugin, which brings the worker of this queue; another one that only registers the activities does not have it',
    where: WHERE_WORKER,
  });
}

/** The worker of starts tells the version of this package; that of the task queue a hash of its workflows. */
async function checkVersions(setup: Setup): Promise<Result> {
  const { version: own } = setup.options;
  const [main, starts] = await Promise.all([
    setup.pollers(setup.taskQueue, TaskQueueType.WORKFLOW),
    setup.pollers(startsQueueOf(setup.taskQueue), TaskQueueType.ACTIVITY),
  ]);
  const versioned = main.filter(({ deploymentName }) => deploymentName !== undefined);
  // Those of several versions are what a rollout looks like.
  if (versioned.length > 0) return checkDeployments(setup, versioned);
  const versions = distinct(starts.map(({ version }) => version ?? ''));
  const told = versions.map((version) => version || 'one that does not tell').join(', ');
  const builds = distinct(main.map(({ buildId }) => buildId ?? ''));
  if (versions.length > 1 || builds.length > 1) {
    return found({
      code: 'workers-differ',
      what: `Workers of different versions poll the task queue ${setup.taskQueue}`,
      why:
        versions.length > 1
          ? `They are ${told}. What one can do, another may not`
          : `They have ${builds.length} different sets of workflows: a run may meet code that cannot replay it`,
      whatToDo: 'Let a rollout end, or stop the older workers',
      where: WHERE_WORKER,
    });
  }
  const [version, build = ''] = [versions[0], builds[0]];
  if (version === own) return passed(`${own}, ${build.replace(/\+.*/, '') || 'an SDK that does not tell'}`);
  // So it is where the package was bundled into another program, too.
  if (!version) return untold(`the workers tell no version; those before ${own} do not`);
  return found({
    code: 'worker-version-differs',
    what: `The workers are of another version than this command, ${own}`,
    why: `They are ${told}`,
    whatToDo: `Bring the workers to ${own}, or use the command of their version`,
    where: WHERE_WORKER,
  });
}

/** Whether the version that Temporal gives new runs to is there. */
async function checkDeployments(setup: Setup, workers: readonly Poller[]): Promise<Result> {
  const { namespace } = setup;
  const { workflowService } = await setup.connection();
  const names = distinct(workers.map(({ deploymentName }) => deploymentName ?? ''));
  const findings: Finding[] = [];
  const told: string[] = [];
  for (const deploymentName of names) {
    const { workerDeploymentInfo } = await workflowService.describeWorkerDeployment({
      namespace,
      deploymentName,
    });
    const current = workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId;
    const builds = distinct(
      workers.flatMap((worker) => (worker.deploymentName === deploymentName ? (worker.buildId ?? []) : [])),
    );
    if (current && builds.includes(current)) {
      const others = builds.filter((build) => build !== current);
      told.push(
        `${deploymentName}: ${current}${others.length > 0 ? `, and beside it ${others.join(', ')}` : ''}`,
      );
    } else findings.push(notCurrent(deploymentName, current, builds));
  }
  return findings.length > 0 ? found(...findings) : passed(told.join('; '));
}

function notCurrent(
  deploymentName: string,
  current: string | null | undefined,
  builds: readonly string[],
): Finding {
  const why = `The workers there are of the version ${builds.join(', ')}`;
  const where = "Temporal's command line, or its web UI, Deployments";
  const makeCurrent = `temporal worker deployment set-current-version --deployment-name ${deploymentName} --build-id ${builds.at(-1)}`;
  if (!current) {
    return {
      code: 'no-current-version',
      what: `No version of the worker deployment ${deploymentName} is current, so its workers are given no new run`,
      why,
      whatToDo: makeCurrent,
      where,
    };
  }
  return {
    code: 'current-version-without-workers',
    what: `No worker is of the version that is current in the worker deployment ${deploymentName}, ${current}: new runs wait for one`,
    why,
    whatToDo: `Start workers of the version ${current}, or make another one current: ${makeCurrent}`,
    where,
  };
}

/** Slower than this, Temporal itself holds the tasks of the main queue back noticeably. A second. */
const SLOW_ACTIVITIES = 1;

async function checkQueueLimits(setup: Setup): Promise<Result> {
  const queue = startsQueueOf(setup.taskQueue);
  const described = await Promise.all([describe(setup, setup.taskQueue), describe(setup, queue)]).catch(
    (error: unknown) => {
      if (isUnimplemented(error)) return undefined;
      throw error;
    },
  );
  if (described === undefined) return untold('this server knows no limits of task queues');
  const [main, starts] = described;
  const older = starts.config?.fairnessKeysRateLimitDefault?.rateLimit?.requestsPerSecond;
  if (older) {
    return found({
      code: 'starts-limit-of-older-worker',
      what: `Temporal hands out the starts of each connection at even intervals, ${perMinute(older)} a minute`,
      why: 'An older version of the worker has set that; starts that come together wait for each other',
      whatToDo:
        'Take the limit away: the workers keep to the limit of starts by themselves. A new worker does it too',
      where: `desktop-flow doctor --fix, for the task queue ${queue}`,
      isFixable: true,
    });
  }
  const wanted = setup.powerAutomate?.startsPerMinute ?? 0;
  const slow = [
    { name: queue, rate: limitOf(starts), enough: wanted / 60 },
    { name: setup.taskQueue, rate: limitOf(main), enough: SLOW_ACTIVITIES },
  ].filter(({ rate, enough }) => rate !== undefined && rate < enough);
  if (slow.length === 0) return passed(`starts of one connection: ${wanted || 'any number'} a minute`);
  return found(
    ...slow.map(
      ({ name, rate = 0 }): Finding => ({
        code: 'queue-rate-limited',
        what: `Temporal hands out no more than ${perMinute(rate)} activities a minute of the task queue ${name}`,
        why: 'Runs wait for their turn at the server, however many workers there are',
        whatToDo: `Raise the limit, or take it away: temporal task-queue config set --task-queue ${name} --task-queue-type activity --queue-rps-limit default; or POWER_AUTOMATE_MAX_ACTIVITIES_PER_SECOND of the worker`,
        where: "Temporal's command line, and the worker's environment",
      }),
    ),
  );
}

async function liftLimitOfOlderWorkers(setup: Setup): Promise<string> {
  const { namespace, taskQueue } = setup;
  await liftServersLimit(await setup.connection(), { namespace, taskQueue });
  return 'the limit of an older worker was taken away';
}

type Description = Awaited<ReturnType<typeof describe>>;

/** The server's own limit, which is not what somebody has set, is left out. */
function limitOf({ effectiveRateLimit }: Description): number | undefined {
  const SYSTEM = 3;
  const { requestsPerSecond, rateLimitSource } = effectiveRateLimit ?? {};
  return rateLimitSource === SYSTEM ? undefined : (requestsPerSecond ?? undefined);
}

async function describe(setup: Setup, name: string) {
  const { workflowService } = await setup.connection();
  const { namespace } = setup;
  return workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name },
    taskQueueType: TaskQueueType.ACTIVITY,
    reportConfig: true,
  });
}

function perMinute(perSecond: number): number {
  return Math.round(perSecond * 60);
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function names(pollers: readonly { identity: string }[]): string {
  return distinct(pollers.map(({ identity }) => identity)).join(', ');
}
