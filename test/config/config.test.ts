import { version } from '../../package.json';
import { ConfigError, readConfig } from '../../src/config/config';

function problems(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('expected the configuration to be refused');
}

describe('POWER_AUTOMATE_STARTS_PER_MINUTE', () => {
  it.each([
    [undefined, 66],
    ['', 66],
    ['70', 70],
    ['0.5', 0.5],
    ['0', 0],
    ['off', 0],
  ])('%s means %d', (text, startsPerMinute) => {
    const environment = text === undefined ? {} : { POWER_AUTOMATE_STARTS_PER_MINUTE: text };
    expect(readConfig(environment)).toMatchObject({ startsPerMinute });
  });

  it.each(['-1', 'many', 'Infinity', '1e999'])('must not be %s', (text) => {
    expect(problems({ POWER_AUTOMATE_STARTS_PER_MINUTE: text })).toEqual([
      "POWER_AUTOMATE_STARTS_PER_MINUTE must be a number above 0, or 'off'",
    ]);
  });
});

describe('POWER_AUTOMATE_NEXUS', () => {
  it('is on where it is left out, and nothing but on and off', () => {
    expect(readConfig({})).toMatchObject({ nexus: true });
    expect(readConfig({ POWER_AUTOMATE_NEXUS: 'off' })).toMatchObject({ nexus: false });
    expect(problems({ POWER_AUTOMATE_NEXUS: 'false' })).toEqual(['POWER_AUTOMATE_NEXUS must be on or off']);
  });
});

describe('POWER_AUTOMATE_MAX_ACTIVITIES_PER_SECOND', () => {
  it('is no limit where it is left out', () => {
    expect(readConfig({})).not.toHaveProperty('maxActivitiesPerSecond');
    expect(readConfig({ POWER_AUTOMATE_MAX_ACTIVITIES_PER_SECOND: '12.5' })).toMatchObject({
      maxActivitiesPerSecond: 12.5,
    });
  });

  it.each(['0', '-1', 'off'])('must not be %s', (text) => {
    expect(problems({ POWER_AUTOMATE_MAX_ACTIVITIES_PER_SECOND: text })).toEqual([
      'POWER_AUTOMATE_MAX_ACTIVITIES_PER_SECOND must be a number above 0',
    ]);
  });
});

describe('the limits of requests', () => {
  it('are those of the client where nothing is set', () => {
    expect(readConfig({}).limits).toEqual({});
  });

  it('are read from the environment', () => {
    const environment = { POWER_AUTOMATE_REQUEST_BUDGET: '1500', POWER_AUTOMATE_CONCURRENT_REQUESTS: '20' };
    expect(readConfig(environment).limits).toEqual({ requestBudget: 1500, concurrentRequests: 20 });
  });

  it.each(['0', '-1', '1.5', 'many'])('must not be %s', (text) => {
    const [problem] = problems({ POWER_AUTOMATE_REQUEST_BUDGET: text });
    expect(problem).toMatch(/^POWER_AUTOMATE_REQUEST_BUDGET must be a (whole )?number/);
  });
});

describe('TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID', () => {
  it('make the worker a version, which otherwise it is not', () => {
    expect(readConfig({})).not.toHaveProperty('deployment');
    const named = { TEMPORAL_DEPLOYMENT_NAME: 'robots', TEMPORAL_WORKER_BUILD_ID: 'v7' };
    expect(readConfig(named).deployment).toEqual({ deploymentName: 'robots', buildId: 'v7' });
  });

  it('name the build by the version of the package and its code, where nobody does, each time alike', () => {
    const builds = [1, 2].map(() => readConfig({ TEMPORAL_DEPLOYMENT_NAME: 'robots' }).deployment?.buildId);
    expect(builds[0]).toMatch(new RegExp(`^${version.replaceAll('.', '\\.')}-[\\da-f]{10}$`));
    expect(builds[1]).toBe(builds[0]);
  });

  it.each([
    [{ TEMPORAL_WORKER_BUILD_ID: 'v7' }, /^TEMPORAL_DEPLOYMENT_NAME must be set too/],
    [{ TEMPORAL_DEPLOYMENT_NAME: 'robots.v7' }, /^TEMPORAL_DEPLOYMENT_NAME must be a name without/],
    [{ TEMPORAL_DEPLOYMENT_NAME: '__robots' }, /^TEMPORAL_DEPLOYMENT_NAME must be a name without/],
    [
      { TEMPORAL_DEPLOYMENT_NAME: 'robots', TEMPORAL_WORKER_BUILD_ID: '__v7' },
      /^TEMPORAL_WORKER_BUILD_ID must not begin/,
    ],
  ])('are refused where Temporal would refuse them: %j', (environment, problem) => {
    expect(problems(environment)).toEqual([expect.stringMatching(problem)]);
  });
});

describe('TEMPORAL_NAMESPACE', () => {
  it('is the namespace of everything', () => {
    expect(readConfig({ TEMPORAL_NAMESPACE: 'invoices' }).namespace).toBe('invoices');
  });

  it.each([{}, { TEMPORAL_NAMESPACE: '' }])("is 'default' where it is not set: %j", (environment) => {
    expect(readConfig(environment).namespace).toBe('default');
  });
});

describe('CALLBACK_BASE_URL', () => {
  it.each([
    [undefined, 'https://temporal-power-automate.invalid'],
    ['', 'https://temporal-power-automate.invalid'],
    ['https://robots.contoso.invalid', 'https://robots.contoso.invalid'],
    ['off', 'off'],
  ])('%s means %s, and needs no credentials to sign with', (text, callbackBaseUrl) => {
    const environment = text === undefined ? {} : { CALLBACK_BASE_URL: text };
    expect(readConfig(environment)).toMatchObject({ callbackBaseUrl });
  });

  it.each<Record<string, string>>([
    {},
    { CALLBACK_BASE_URL: 'off' },
    { CALLBACK_BASE_URL: 'https://robots.contoso.invalid' },
  ])('must be one that can be called where callbacks are received: %p', (environment) => {
    expect(problems({ ...environment, CALLBACK_PORT: '8088' })).toEqual([
      'CALLBACK_BASE_URL must be set to a URL that Dataverse can call: CALLBACK_PORT is where its callbacks are received',
    ]);
  });
});
