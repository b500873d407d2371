/** HOST: what the plugin is told, by its options and by the environment. */
import type { CreateActivitiesOptions } from '../activities';
import type { PowerAutomateConfig } from '../config/config';
import { readPowerAutomateConfig } from '../config/config';
import type { Listener } from '../config/operations';
import { configuredSecrets } from '../config/secret-providers';

/** Each option takes the place of what the environment says. */
export interface PowerAutomatePluginOptions
  extends Partial<PowerAutomateConfig>,
    Pick<CreateActivitiesOptions, 'watcherTaskQueue'> {
  /** Where the options that are left out are read from. `{}`: nowhere. @default process.env */
  environment?: NodeJS.ProcessEnv;
  /**
   * Where the worker answers to `GET /live` and `GET /ready`. Not read from the environment: the worker process sets it by
   * HEALTH_PORT, and your own process may have such a variable for something else. @default nowhere
   */
  health?: Listener;
  /** Resolves `{{secrets.NAME}}`. @default what `secretsFrom` has, by the names of `allowedSecrets` */
  secrets?: CreateActivitiesOptions['secrets'];
}

export type PluginSettings = PowerAutomateConfig &
  Pick<CreateActivitiesOptions, 'secrets' | 'watcherTaskQueue'> &
  Pick<PowerAutomatePluginOptions, 'health'>;

/** @throws ConfigError, which names every variable that is wrong. */
export function settingsOf({
  environment = process.env,
  ...options
}: PowerAutomatePluginOptions): PluginSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const config: PowerAutomateConfig = { ...readPowerAutomateConfig(environment), ...given };
  const secrets = options.secrets ?? configuredSecrets(environment, config);
  return { ...config, secrets };
}
