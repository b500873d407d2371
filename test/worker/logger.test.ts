/** The lines of the worker's log, as they go to the file descriptor. */
import fs from 'node:fs';
import { createLogger } from '../../src/worker/logger';

let lines: string[];

beforeEach(() => {
  lines = [];
  jest.spyOn(fs, 'writeSync').mockImplementation((_fd: number, line: unknown) => {
    lines.push(String(line));
    return String(line).length;
  });
});

afterEach(() => jest.restoreAllMocks());

describe('a line of the log', () => {
  it('shows no secret, as it is, as JSON writes it or as a form sends it', () => {
    const logger = createLogger({ level: 'info', secrets: ['a "quoted" secret', 'secret+/='] });
    logger.info({ said: 'a "quoted" SECRET' }, 'You sent secret%2B%2F%3D and secret+/=');
    const [line = ''] = lines;
    expect(JSON.parse(line)).toMatchObject({
      said: '[redacted]',
      msg: 'You sent [redacted] and [redacted]',
    });
  });

  it('costs no pattern of its own: they are made once, with the logger', () => {
    const logger = createLogger({ level: 'info', secrets: ['a-client-secret', 'a-bearer-token'] });
    const made = jest.spyOn(globalThis, 'RegExp');
    for (let count = 0; count < 10; count += 1) logger.info('nothing secret');
    const patterns = made.mock.calls.length;
    expect(lines).toHaveLength(10);
    expect(patterns).toBe(0);
  });
});
