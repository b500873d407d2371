/** Tests run the TypeScript sources through swc; a few ES-module-only packages are transformed along with them. */
const esmOnly = [
  'oauth4webapi',
  'jose',
  'fast-check',
  'pure-rand',
  'feelin',
  'lezer-feel',
  'min-dash',
  'temporal-polyfill',
  'temporal-utils',
  'bpmn-moddle',
  'moddle',
  'moddle-xml',
  'saxen',
];

/** Not in an .swcrc: Temporal's bundler would read that too, and lose the ES imports that keep the bundle small. */
const swc = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022', keepClassNames: true },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.[jt]s$': ['@swc/jest', swc] },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  globalSetup: '<rootDir>/test/helpers/global-setup.ts',
  globalTeardown: '<rootDir>/test/helpers/global-teardown.ts',
  testSequencer: '<rootDir>/test/helpers/waiting-first.js',
  reporters: ['default', '<rootDir>/test/helpers/counts-reporter.js'],
  // More than the cores of the smallest machine: most of the tests' time they wait.
  maxWorkers: 4,
  testTimeout: 60_000,
};
