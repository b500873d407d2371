/**
 * HOST: everything that a worker needs to run desktop flows, in one object. It wires
 *
 * - the activities, and the task queue of the watchers, which is the worker's own;
 * - the starts queue `<task queue>-starts`: a second worker that lives as long as the first one, and workflows that know
 *   that it is there (`starts-queue-interceptor.ts`);
 * - the Nexus service `DesktopFlows`, through which other namespaces have desktop flows run;
 * - what runs beside the two: the receiver of callbacks where CALLBACK_PORT is set, and the observer of the watchers;
 * - how our workflows follow the versions of the worker, where it has some (`versioning-interceptor.ts`);
 * - a check at the start that the workflows are in the bundle (`required-workflows.ts`).
 *
 * It leaves `workflowsPath` and `workflowBundle` alone: a plugin's would take the place of yours. Your workflows file
 * exports ours.
 */
import { SimplePlugin } from '@temporalio/plugin';
import type { BundleOptions, ReplayWorkerOptions, Worker, WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities';
import { TRACE_SINK } from '../common/trace';
import { createDesktopFlowsService } from '../nexus/service-handler';
import { dataConverterOf } from '../temporal/data-converter';
import { runTogether } from './companions';
import { workersDataConverter } from './data-converter';
import { logAttributes } from './log-attributes';
import { type PluginSettings, type PowerAutomatePluginOptions, settingsOf } from './options';
import { checkBundle, checkWhileBundling } from './required-workflows';

const NAME = 'temporal-power-automate.PowerAutomatePlugin';

/** Longer than the longest HTTP request: a trigger in flight gets its answer before the worker goes. */
const SHUTDOWN_GRACE = '90s';

/** Workflows tell of their spans, whether anybody traces or not: an unknown sink would be an error in the log. */
const NO_TRACES = { [TRACE_SINK]: { ended: { fn: () => undefined, callDuringReplay: false } } };

type Activities = ReturnType<typeof createActivities>;

/** What belongs to one worker. A plugin may be given to several. */
interface Setup {
  activities: Activities;
  hasWorkflows: boolean;
  /** Ends what runs beside the worker, and has its watches handed over. */
  stopping: AbortController;
  /** Whether the worker runs: the starts worker of it has the same activities, and the plugin too where it came with the connection. */
  isRunning: boolean;
}

/**
 * Makes a worker run desktop flows: `Worker.create({ plugins: [new PowerAutomatePlugin()], … })`. Give it to
 * `bundleWorkflowCode` too where the workflows are bundled beforehand.
 *
 * @throws ConfigError where the environment, or what is left of it beside the options, is wrong.
 */
export class PowerAutomatePlugin extends SimplePlugin {
  readonly #settings: PluginSettings;
  /** By an activity that was made for the worker: the worker itself is only known when it runs. */
  readonly #setups = new WeakMap<object, Setup>();

  constructor(options: PowerAutomatePluginOptions = {}) {
    super({ name: NAME });
    this.#settings = settingsOf(options);
  }

  /** @throws TypeError where the plugin is given twice, an activity's name is taken, or the bundle lacks our workflows. */
  override configureWorker(options: WorkerOptions): WorkerOptions {
    // The starts worker, where the plugin came with the connection.
    if (this.#isOurs(options.activities)) return options;
    const { plugins = [], taskQueue, workflowsPath, workflowBundle } = options;
    if (plugins.filter(({ name }) => name === NAME).length > 1) {
      throw new TypeError(
        `${NAME} is given twice, to the worker or to its connection: leave one out, or the robots of one would be started with the settings of the other`,
      );
    }
    const isOwnConverter = options.dataConverter?.failureConverterPath !== undefined;
    const encodesFailures = this.#settings.payloads.encryption !== undefined && !isOwnConverter;
    if (workflowBundle) checkBundle(workflowBundle, encodesFailures);
    const runsWorkflows = workflowsPath !== undefined || workflowBundle !== undefined;
    const offersNexus = runsWorkflows && this.#settings.nexus;
    const dataConverter = workersDataConverter(this.#settings.payloads, options.dataConverter);
    const stopping = new AbortController();
    const activities = createActivities({
      // A worker without workflows would leave the watchers to nobody.
      ...(runsWorkflows && { watcherTaskQueue: taskQueue }),
      ...this.#settings,
      storesLargePayloads: dataConverter.externalStorage !== undefined,
      shutdownSignal: stopping.signal,
    });
    const taken = Object.keys(activities).filter((name) => name in (options.activities ?? {}));
    if (taken.length > 0) {
      throw new TypeError(
        `The worker has activities of its own by names of ${NAME}: ${taken.join(', ')}. Rename yours, or leave out createActivities(), which the plugin calls`,
      );
    }
    this.#setups.set(activities.triggerFlowRun, {
      activities,
      hasWorkflows: runsWorkflows,
      stopping,
      isRunning: false,
    });
    return super.configureWorker({
      ...options,
      shutdownGraceTime: options.shutdownGraceTime ?? SHUTDOWN_GRACE,
      dataConverter,
      activities: { ...options.activities, ...activities },
      sinks: { ...NO_TRACES, ...options.sinks },
      interceptors: {
        ...options.interceptors,
        activity: [...(options.interceptors?.activity ?? []), logAttributes],
        ...(workflowsPath !== undefined && { workflowModules: versioningModules(options) }),
      },
      // An operation starts a workflow on this task queue: without workflows it would wait for nobody.
      ...(offersNexus && { nexusServices: [...(options.nexusServices ?? []), createDesktopFlowsService()] }),
    });
  }

  override configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions {
    return super.configureReplayWorker({
      ...options,
      dataConverter: dataConverterOf(this.#settings.payloads, options.dataConverter),
      sinks: { ...NO_TRACES, ...options.sinks },
    });
  }

  override configureBundler(options: BundleOptions): BundleOptions {
    const { failureConverterPath, payloadConverterPath } = dataConverterOf(this.#settings.payloads);
    const converting = {
      ...(failureConverterPath && { failureConverterPath }),
      ...(payloadConverterPath && { payloadConverterPath }),
      ...options,
    };
    return checkWhileBundling(super.configureBundler(withInterceptors(converting)));
  }

  override async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    const setup = this.#setups.get(worker.options.activities.get('triggerFlowRun') ?? {});
    if (setup === undefined || setup.isRunning) return super.runWorker(worker, next);
    setup.isRunning = true;
    return runTogether(worker, { ...setup, settings: this.#settings }, (main) => super.runWorker(main, next));
  }

  #isOurs(activities: object = {}): boolean {
    return 'triggerFlowRun' in activities && this.#setups.has(activities.triggerFlowRun as object);
  }
}

/** Adds the module that has our workflows say how they follow versions: for a worker with versions, the server refuses it from others. */
function versioningModules({ interceptors, workerDeploymentOptions }: WorkerOptions): string[] {
  const modules = interceptors?.workflowModules ?? [];
  if (!workerDeploymentOptions?.useWorkerVersioning) return modules;
  return [...modules, require.resolve('../workflows/versioning-interceptor')];
}

/** Adds the modules that have starts go to the starts queue, and traces go on. Their paths are asked for here, where a bundler is at work anyway. */
function withInterceptors(options: BundleOptions): BundleOptions {
  const modules = new Set([
    ...(options.workflowInterceptorModules ?? []),
    require.resolve('../workflows/starts-queue-interceptor'),
    require.resolve('../workflows/trace-interceptors'),
  ]);
  return { ...options, workflowInterceptorModules: [...modules] };
}
