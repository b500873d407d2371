import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import fc from 'fast-check';
import { NoticeBoard } from '../../src/temporal/notice-board';
import { ALL, endsOfWaits, LONGEST_NOTICE_MS, noticeIn, noticeText } from '../../src/temporal/notices';
import { ServerClock } from '../../src/temporal/server-clock';
import { eventually, setUp } from '../helpers/harness';

const HEX = '0123456789abcdef'.split('');
const digits = (count: number) =>
  fc.string({ unit: fc.constantFrom(...HEX), minLength: count, maxLength: count });
const ids = fc.tuple(digits(8), fc.nat()).map(([process, number]) => `${process}.${number % 1e9}`);
const abouts = fc.oneof(fc.constant(ALL), digits(16));
const waits = fc.integer({ min: 0, max: LONGEST_NOTICE_MS });
const notice = fc.record({ id: ids, about: abouts, remainingMs: waits });

const NOBODY = () => false;
const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('a notice', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(notice, (one) => expect(noticeIn(noticeText(one))).toEqual(one)));
  });

  it('tells of no longer wait than Retry-After may ask for, and of none before nothing', () => {
    const told = (remainingMs: number) =>
      noticeIn(noticeText({ id: '0123abcd.1', about: ALL, remainingMs }))?.remainingMs;
    expect(told(10 * LONGEST_NOTICE_MS)).toBe(LONGEST_NOTICE_MS);
    expect(told(-5)).toBe(0);
    expect(told(0.2)).toBe(1);
  });

  it.each([
    '',
    '4711@robots-1',
    'wait/0123abcd.1/all/3600001',
    'wait/0123abcd.1/all/-1',
    'wait/0123abcd.1/all/1e9',
    'wait/0123abcd.1/invoices/1000',
    'wait/0123abcd/all/1000',
    'wait/0123abcd.1/all/1000 ',
    ' wait/0123abcd.1/all/1000',
  ])('is not %j', (text) => {
    expect(noticeIn(text)).toBeUndefined();
  });

  it('is in no other text', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(noticeIn(text)).toBeUndefined()));
  });
});

describe('the ends of waits', () => {
  const at = (afterMs: number, identity: string) => ({ identity, lastPolledAt: NOW + afterMs });

  it('are those of all that several processes tell, whatever else polls, and never later than one of them was told', () => {
    const told = fc.array(fc.tuple(notice, fc.nat(60_000)));
    fc.assert(
      fc.property(told, fc.array(fc.string()), (entries, others) => {
        const pollers = entries.map(([one, afterMs]) => at(afterMs, noticeText(one)));
        const ends = endsOfWaits([...pollers, ...others.map((one) => at(0, one))], NOBODY);
        expect(new Set(ends.keys())).toEqual(new Set(entries.map(([{ about }]) => about)));
        for (const [about, end] of ends) {
          const own = entries.filter(([one]) => one.about === about);
          expect(end).toBeLessThanOrEqual(Math.max(...own.map(([one, ms]) => NOW + ms + one.remainingMs)));
          expect(end).toBeGreaterThanOrEqual(Math.min(...own.map(([one, ms]) => NOW + ms + one.remainingMs)));
        }
      }),
    );
  });

  it('are the longest of different waits', () => {
    const pollers = [at(0, 'wait/0123abcd.1/all/30000'), at(0, 'wait/4567abcd.1/all/5000')];
    expect(endsOfWaits(pollers, NOBODY).get(ALL)).toBe(NOW + 30_000);
  });

  it('are not put off because the server stamps a poll again when it ends', () => {
    const pollers = [at(9_000, 'wait/0123abcd.1/all/30000'), at(7_000, 'wait/0123abcd.1/all/23000')];
    expect(endsOfWaits(pollers, NOBODY).get(ALL)).toBe(NOW + 30_000);
  });

  it('have come for a wait that is told to be over', () => {
    const pollers = [at(9_000, 'wait/0123abcd.1/all/3000'), at(3_000, 'wait/0123abcd.1/all/0')];
    expect(endsOfWaits(pollers, NOBODY).get(ALL)).toBe(NOW + 3_000);
  });

  it('leave out what this process has told itself', () => {
    const pollers = [at(0, 'wait/0123abcd.1/all/30000')];
    expect(endsOfWaits(pollers, (id) => id.startsWith('0123abcd.'))).toEqual(new Map());
  });
});

describe('the clock of the server', () => {
  it('is as late as what was seen of it with the least delay', () => {
    const clock = new ServerClock();
    const ahead = 3 * 60 * 60_000;
    for (const delay of [900, 20, 500]) clock.saw(performance.now() + ahead - delay);
    expect(clock.now - performance.now()).toBeCloseTo(ahead - 20, -1);
  });
});

describe('a board on a real server', () => {
  let connection: Connection;
  let client: Client;
  let name: string;

  beforeAll(async () => {
    connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
    client = new Client({ connection });
  });
  beforeEach(() => {
    name = `waits-${randomUUID()}`;
  });
  afterAll(() => connection?.close());

  const poll = (identity: string) =>
    connection.withDeadline(Date.now() + 3_000, () =>
      connection.workflowService.pollWorkflowTaskQueue({
        namespace: 'default',
        taskQueue: { name, kind: 2, normalName: 'robots' },
        identity,
      }),
    );
  const pollers = async () =>
    (
      await connection.workflowService.describeTaskQueue({
        namespace: 'default',
        taskQueue: { name, kind: 2, normalName: 'robots' },
        taskQueueType: 1,
      })
    ).pollers.map(({ identity }) => identity ?? '');

  it('has what another process tells, until that says that it is over, and nothing of who else polls', async () => {
    const board = new NoticeBoard('default', name);
    const polls = [poll('wait/0123abcd.1/all/60000'), poll('4711@robots-1')];
    await eventually(async () => {
      await board.read(client, 0);
      return board.waitMs(ALL) > 0;
    });
    expect(board.waitMs(ALL)).toBeLessThanOrEqual(60_000);
    expect(board.waitMs(ALL)).toBeGreaterThan(50_000);
    expect(board.waitMs('0123456789abcdef')).toBe(0);
    expect(board.isInUse).toBe(true);
    polls.push(poll('wait/0123abcd.1/all/0'));
    await eventually(async () => {
      await board.read(client, 0);
      return board.waitMs(ALL) === 0;
    });
    await Promise.all(polls);
  });

  it('tells the wait of this process, the longer one where there are two, then that it is over; and does not hear itself', async () => {
    const board = new NoticeBoard('default', name);
    const first = board.tell(client, ALL, 1_000);
    await eventually(async () => (await pollers()).some((text) => (noticeIn(text)?.remainingMs ?? 0) > 500));
    const others = [board.tell(client, ALL, 2_000), board.tell(client, ALL, 100)];
    await eventually(async () =>
      (await pollers()).some((text) => (noticeIn(text)?.remainingMs ?? 0) > 1_000),
    );
    await board.read(client, 0);
    expect(board.waitMs(ALL)).toBe(0);
    await Promise.all([first, ...others]);
    const told = await eventually(async () => {
      const notices = (await pollers()).map((text) => noticeIn(text));
      return notices.filter((one) => one?.remainingMs === 0).length === 2 && notices;
    });
    expect(told).not.toContain(undefined);
    expect(new Set(told.map((one) => one?.id)).size).toBe(2);
  });
});
