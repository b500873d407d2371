/** After all tests: ends what the global setup started, and removes what it made. */
import { removeBundle } from './bundle';

export default async function globalTeardown(): Promise<void> {
  await globalThis.testDevServer?.stop();
  await removeBundle();
}
