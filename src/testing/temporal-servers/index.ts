/**
 * HOST, development only: Temporal's dev server and time-skipping test server, on a machine that has neither.
 * Production code never imports this.
 */
export { findDevServer } from './find-dev-server';
export type { FindServerOptions } from './find-options';
export { findTestServer } from './find-test-server';
export { streamReporter } from './reporter';
export { type DevServer, startDevServer } from './start-dev-server';
