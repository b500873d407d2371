import { PassThrough } from 'node:stream';
import { streamReporter } from '../../../src/testing/temporal-servers';
import { formatElapsed } from '../../../src/testing/temporal-servers/reporter';

function stream(isTTY: boolean) {
  const through = Object.assign(new PassThrough(), { isTTY });
  return { through: through as unknown as NodeJS.WriteStream, text: () => String(through.read() ?? '') };
}

test('on a terminal, progress is rewritten in place and a report takes its line', () => {
  const { through, text } = stream(true);
  const reporter = streamReporter(through);
  reporter.progress('1 package');
  reporter.progress('2 packages');
  reporter.report('done');
  expect(text()).toBe('\r\x1b[K1 package\r\x1b[K2 packages\r\x1b[Kdone\n');
});

test('elsewhere, progress is a plain line every 15 seconds', () => {
  const now = jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
  try {
    const { through, text } = stream(false);
    const reporter = streamReporter(through);
    reporter.progress('1 package');
    now.mockReturnValue(1_014_999);
    reporter.progress('2 packages');
    now.mockReturnValue(1_015_000);
    reporter.progress('3 packages');
    expect(text()).toBe('1 package\n3 packages\n');
  } finally {
    now.mockRestore();
  }
});

test('elapsed time is told in minutes and seconds', () => {
  expect([0, 59_999, 60_000, 272_000].map(formatElapsed)).toEqual(['0s', '59s', '1m0s', '4m32s']);
});
