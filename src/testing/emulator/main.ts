/**
 * HOST, development only: runs the emulator as a process of its own, to keep running during development:
 * `desktop-flow emulator --port 4010 --flows flows.json`.
 */
import { greeting, HELP, readCommandLine } from './command-line';
import { startEmulator } from './emulator';

async function main(): Promise<void> {
  const options = readCommandLine(process.argv.slice(2), process.env);
  if (options === undefined) {
    process.stdout.write(HELP);
    return;
  }
  const emulator = await startEmulator(options);
  process.stdout.write(greeting(emulator));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void emulator.close());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  // A port that is taken, say, is no wrong command line.
  process.exitCode = (error as { syscall?: string }).syscall === undefined ? 2 : 1;
});
