/**
 * HOST: whether the bundle of a worker has our workflows. Without this check runs would wait for ever, and only a log
 * would say why: a workflow type that no worker knows is tried again and again.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { BundleOptions, WorkerOptions } from '@temporalio/worker';
import { RUN_DESKTOP_FLOW, RUN_DESKTOP_FLOWS } from '../common/messages';
import { WATCH_FLOW_RUNS } from '../common/watch';

const REQUIRED = [RUN_DESKTOP_FLOW, RUN_DESKTOP_FLOWS, WATCH_FLOW_RUNS];

const NAME = 'PowerAutomatePlugin';

type WebpackConfiguration = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

/** Has the bundling fail where the workflows file does not export our workflows. */
export function checkWhileBundling(options: BundleOptions): BundleOptions {
  const { workflowsPath, webpackConfigHook = (config) => config } = options;
  const check: NonNullable<WebpackConfiguration['plugins']>[number] = {
    apply(compiler) {
      compiler.hooks.afterCompile.tap(NAME, ({ modules, moduleGraph }) => {
        const file = [...modules].find((module) => isFileOf(workflowsPath, module.nameForCondition()));
        const names = file && moduleGraph.getProvidedExports(file);
        // What a file exports by a loop cannot be told beforehand.
        if (Array.isArray(names)) refuse(missingFrom(names), workflowsPath);
      });
    },
  };
  return {
    ...options,
    webpackConfigHook: (before) => {
      const config = webpackConfigHook(before);
      return { ...config, plugins: [...(config.plugins ?? []), check] };
    },
  };
}

/** In the sources of a converter of failures that shows their messages to codecs alone. */
const ENCODES_FAILURES = /encodeCommonAttributes: (true|!0)/;

/**
 * Refuses a bundle in which the name of one of our workflows does not even occur.
 * @param encodesFailures whether it must have such a converter: messages of failures would be in clear text, and nobody would know.
 */
export function checkBundle(
  bundle: NonNullable<WorkerOptions['workflowBundle']>,
  encodesFailures: boolean,
): void {
  const code = 'code' in bundle ? bundle.code : readFileSync(bundle.codePath, 'utf8');
  if (encodesFailures && !ENCODES_FAILURES.test(code)) {
    throw new TypeError(
      `The bundle of the worker shows the messages of failures in clear text. Give ${NAME} to bundleWorkflowCode too, where PAYLOAD_ENCRYPTION_KEYS are set`,
    );
  }
  refuse(missingFrom(REQUIRED.filter((name) => code.includes(name))), 'the workflows of the bundle');
}

function missingFrom(names: readonly string[]): string[] {
  return REQUIRED.filter((name) => !names.includes(name));
}

function refuse(missing: readonly string[], file: string): void {
  if (missing.length === 0) return;
  throw new TypeError(
    `The worker has no workflow ${missing.join(', no ')}. Add to ${file}: export { ${missing.join(', ')} } from 'temporal-power-automate/workflow';`,
  );
}

/** Of a folder, the workflows are in its index. */
function isFileOf(workflowsPath: string, file: string | null): boolean {
  return (
    file === workflowsPath ||
    (file !== null && path.parse(file).name === 'index' && path.dirname(file) === path.resolve(workflowsPath))
  );
}
