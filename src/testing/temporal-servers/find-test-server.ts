/** HOST, development only: finds Temporal's time-skipping test server, or makes one. */
import { type FindServerOptions, findContext } from './find-options';
import { fetchByMaven, fetchedByMaven } from './maven-build';
import { downloadBySdk, downloadedBySdk } from './sdk-download';
import { firstThatWorks, type Way } from './ways';

/**
 * Finds the path of Temporal's time-skipping test server, for `TestWorkflowEnvironment.createTimeSkipping` as
 * `{ server: { executable: { type: 'existing-path', path } } }`.
 */
export async function findTestServer(options: FindServerOptions = {}): Promise<string> {
  const context = findContext(options);
  const ways: Way<string>[] = [
    {
      name: 'the cache',
      attempt: async () => fetchedByMaven(context) ?? downloadedBySdk('time-skipping', context),
    },
    {
      name: "the SDK's download",
      remedy: 'allow the SDK to download its test server (behind a proxy, set HTTPS_PROXY)',
      attempt: () => downloadBySdk('time-skipping', context),
    },
    {
      name: 'a build with Java and Maven',
      remedy: 'install Java 8 or later and Maven, so that `java` and `mvn` are on the PATH (not on Windows)',
      attempt: () => fetchByMaven(context),
    },
  ];
  return firstThatWorks('Temporal test server', ways, context.reporter);
}
