/** HOST, development only: runs the demo (`npm run demo`) on one laptop, without a Microsoft tenant. */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Listr } from 'listr2';
import { type FinishedStory, runStory } from './run-story';
import { type Stage, setStage } from './stage';
import { STORIES } from './stories';

const HELP = `Runs three desktop flows of an invoice story on this machine, from trigger to outputs.

  npm run demo              start what is missing (Temporal, a Dataverse emulator, the worker), and end it again
  npm run demo -- --keep    keep everything running afterwards, to look around, until Ctrl-C
  npm run demo -- --help    print this text

The demo uses a Temporal server at TEMPORAL_ADDRESS instead of a new one, and takes free ports.
`;

async function demo(keep: boolean, closers: (() => Promise<void>)[]): Promise<void> {
  const stage = await setStage(closers);
  console.log(`Temporal: ${stage.server.address} (${stage.server.origin})`);
  console.log(`Dataverse emulator: ${stage.emulator.url}`);
  console.log(`Temporal's web UI: ${stage.server.uiUrl ?? 'that of your server'}\n`);

  const finished = await Promise.race([runStories(stage), stage.broken]);
  console.log();
  for (const { story, workflowId, end, outputs } of finished) {
    console.log(`${story.title}\n  ${end.replaceAll('\n', '\n  ')}`);
    if (outputs !== null) console.log(`  Outputs: ${JSON.stringify(outputs)}`);
    if (stage.server.uiUrl) console.log(`  ${stage.server.uiUrl}/namespaces/default/workflows/${workflowId}`);
  }
  const { token, trigger, status, query, outputs } = stage.emulator.seen.counts;
  console.log(
    `\nThe emulator saw ${token} token request, ${trigger} triggers, ${status + query} looks at robots, ${outputs} outputs requests.`,
  );
  if (keep) await lookAround(stage);
  else console.log('To look around in the web UI: npm run demo -- --keep');
}

/** Runs all stories at once, shown live in a terminal and in plain lines elsewhere. */
async function runStories(stage: Stage): Promise<FinishedStory[]> {
  const finished: FinishedStory[] = [];
  const tasks = STORIES.map((story) => ({
    title: story.title,
    task: async (_context: unknown, task: { output: string }) => {
      finished.push(
        await runStory(story, stage, (line) => {
          task.output = process.stdout.isTTY ? line : `${story.name}: ${line}`;
        }),
      );
    },
  }));
  await new Listr(tasks, { concurrent: true, registerSignalListeners: false }).run();
  return finished.sort((one, other) => STORIES.indexOf(one.story) - STORIES.indexOf(other.story));
}

async function lookAround({ server, taskQueue, broken }: Stage): Promise<void> {
  console.log(
    [
      '',
      "Everything keeps running. Start a run of your own, from any language or with Temporal's command line:",
      `  temporal workflow start --address ${server.address} --task-queue ${taskQueue} --type RunDesktopFlow \\`,
      `    --input '${JSON.stringify(STORIES[0]?.input)}'`,
      'Ctrl-C ends everything.',
    ].join('\n'),
  );
  await Promise.race([new Promise(() => {}), broken]);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const closers: (() => Promise<void>)[] = [];
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  try {
    await Promise.race([demo(values.keep ?? false, closers), interrupted]);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

main().then(
  // An interrupted demo need not finish what it still waits for.
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
