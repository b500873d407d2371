/**
 * Ends a server whose starter is gone: `node end-with-parent.js <pid>`, with a pipe from the starter as standard input.
 *
 * The pipe closes however the starter ends, SIGKILL included, which no handler inside the starter could see.
 */
const pid = Number(process.argv[2]);
const forceAfterMs = 5_000;

// A Ctrl-C in the terminal is for the starter; this process has to outlive it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

process.stdin.resume().on('end', () => {
  const startedAt = Date.now();
  send('SIGTERM');
  setInterval(() => send(Date.now() - startedAt > forceAfterMs ? 'SIGKILL' : 0), 100);
});

function send(signal) {
  try {
    process.kill(pid, signal);
  } catch {
    process.exit();
  }
}
