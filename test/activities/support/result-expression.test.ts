import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import { outputsRoom } from '../../../src/activities/support/read-outputs';
import { expressionResult } from '../../../src/activities/support/result-expression';

const answer = { status: 200, headers: {}, body: { Name: 'value-4711' } };

it('logs what became null, with kinds and places, and without a value', async () => {
  const entries: LogEntry[] = [];
  const logger = new DefaultLogger('INFO', (entry) => entries.push(entry));
  const environment = new MockActivityEnvironment({}, { logger });
  const result = await environment.run(() =>
    expressionResult('{a: body.Name + 1, b: body.Nme}', answer, {}, outputsRoom({})),
  );
  expect(result).toEqual({ a: null, b: null });
  expect(entries).toMatchObject([
    {
      level: 'INFO',
      message: 'FEEL made null of a part of the result expression',
      meta: {
        warnings: [
          expect.stringMatching(/^INVALID_TYPE at character \d+$/),
          expect.stringMatching(/^NO_CONTEXT_ENTRY_FOUND at character \d+$/),
        ],
      },
    },
  ]);
  const texts = entries.map(({ message, meta }) => [message, meta?.warnings]);
  expect(JSON.stringify(texts)).not.toContain('value-4711');
});
