import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { itKeepsThePromisesOfAnExample } from './scenarios';
import { cacheFolder, describeWith, EXAMPLES, runTool } from './toolchain';

const source = path.join(EXAMPLES, 'java');

/** Builds a copy, and runs what it compiled without Maven, which takes seconds to start. */
async function build(): Promise<string> {
  const folder = cacheFolder('java', 'pom.xml');
  await mkdir(folder, { recursive: true });
  // A source that is no longer there would still be in the program.
  for (const old of ['src', 'target/classes'])
    await rm(path.join(folder, old), { recursive: true, force: true });
  for (const part of ['pom.xml', 'src']) {
    await cp(path.join(source, part), path.join(folder, part), { recursive: true });
  }
  await runTool('mvn', ['--quiet', '--batch-mode', 'compile'], folder);
  return folder;
}

describeWith({ mvn: ['--version'], java: ['--version'] }, 'Java')('the example in Java', () => {
  itKeepsThePromisesOfAnExample(
    async () => {
      const cwd = await build();
      return { file: 'java', args: ['-cp', 'target/classes:target/lib/*', 'desktopflows.Main'], cwd };
    },
    { isSlow: true },
  );
});
