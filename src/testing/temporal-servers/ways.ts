/** HOST, development only: tries several ways to a server, one after the other. */
import { messageOf } from '../../common/message-of';
import type { Reporter } from './reporter';

/** One way to get a server. */
export interface Way<T> {
  /** Names the way in messages. */
  name: string;
  /** What a person can do so that this way works, if anything. */
  remedy?: string;
  /** Returns undefined where this machine does not offer the way; throws where the way was tried and failed. */
  attempt(): Promise<T | undefined>;
}

/** Takes the first way that works. It reports a failed one in one line; when all fail, the error says what to do. */
export async function firstThatWorks<T>(what: string, ways: Way<T>[], reporter: Reporter): Promise<T> {
  const tried: string[] = [];
  for (const way of ways) {
    try {
      const found = await way.attempt();
      if (found !== undefined) return found;
      tried.push(`${way.name}: not available`);
    } catch (error) {
      const failure = `${way.name}: ${firstLine(error)}`;
      tried.push(failure);
      reporter.report(`${what}: ${failure}`);
    }
  }
  throw new Error(
    [
      `No ${what} could be found, downloaded or built. Tried:`,
      ...tried.map((line) => `  - ${line}`),
      'Do one of these:',
      ...ways.flatMap(({ remedy }) => (remedy === undefined ? [] : `  - ${remedy}`)),
    ].join('\n'),
  );
}

function firstLine(error: unknown): string {
  const message = messageOf(error);
  return message.split('\n', 1)[0] ?? '';
}
