/** HOST: closes what a process has opened, and keeps the first error in sight. */

type Close = () => Promise<void>;

/**
 * Runs `work`, then closes what it has handed over, the last first, however it ended. Throws the first error alone: one
 * of closing follows from it more often than not, as where a connection is closed while created workers still hold it.
 */
export async function closingAfter(
  work: (closeLater: (close: Close) => void) => Promise<void>,
): Promise<void> {
  const closes: Close[] = [];
  const errors: unknown[] = [];
  const keep = (error: unknown) => {
    errors.push(error);
  };
  await work((close) => closes.unshift(close)).catch(keep);
  for (const close of closes) await close().catch(keep);
  if (errors.length > 0) throw errors[0];
}
