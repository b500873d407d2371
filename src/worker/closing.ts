/** HOST: closes what a process has opened, and keeps the first error. */

type Close = () => Promise<void>;

/**
 * Runs `work`, then closes what it handed over, the last first, after an error too. Throws only the first error: an
 * error of closing mostly follows from it, such as where created workers still hold the connection.
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
