/** HOST, development only: `npm run demo`, the whole of it on one laptop, without a Microsoft tenant. */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Listr } from 'listr2';
import { type Stage, setStage } from './stage';
import { STORIES } from './stories';
import { type Told, tell } from './tell';

const HELP = `Runs three desktop flows of an invoice story on this machine, from trigger to outputs.

  npm run demo              starts what is missing (Temporal, a Dataverse emulator, the worker), and ends it again
  npm run demo -- --keep    stays up afterwards, for looking around, until Ctrl-C
  npm run demo -- --help

A Temporal server at TEMPORAL_ADDRESS is used instead of a new one. Ports are free ones.
`;

async function demo(keep: boolean, closers: (() => Promise<void>)[]): Promise<void> {
  const stage = await setStage(closers);
  console.log(`Temporal: ${stage.server.address} (${stage.server.origin})`);
  console.log(`Dataverse emulator: ${stage.emulator.url}`);
  console.log(`Temporal's web UI: ${stage.server.uiUrl ?? 'the one of your server'}\n`);

  const told = await Promise.race([tellAll(stage), stage.broken]);
  console.log();
  for (const { story, workflowId, end, outputs } of told) {
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

/** Live in a terminal; plain lines elsewhere. */
async function tellAll(stage: Stage): Promise<Told[]> {
  const told: Told[] = [];
  const tasks = STORIES.map((story) => ({
    title: story.title,
    task: async (_context: unknown, task: { output: string }) => {
      told.push(
        await tell(story, stage, (line) => {
          task.output = process.stdout.isTTY ? line : `${story.name}: ${line}`;
        }),
      );
    },
  }));
  await new Listr(tasks, { concurrent: true, registerSignalListeners: false }).run();
  return told.sort((one, other) => STORIES.indexOf(one.story) - STORIES.indexOf(other.story));
}

async function lookAround({ server, taskQueue, broken }: Stage): Promise<void> {
  console.log(
    [
      '',
      "Everything stays up. Start a run of your own, from any language or with Temporal's command line:",
      `  temporal workflow start --address ${server.address} --task-queue ${taskQueue} --type RunDesktopFlow \\`,
      `    --input '${JSON.stringify(STORIES[0]?.input)}'`,
      'Ctrl-C ends it all.',
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
  // Whatever an interrupted demo still waits for is of no interest.
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
