/** When a try asks Temporal whether it still counts, by clocks that the test sets. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { Standing } from '../../../src/activities/trigger/standing';

const HEARTBEAT_TIMEOUT_MS = 10_000;
const SCHEDULED_AT = 1_700_000_000_000;

let now: { wall: number; monotonic: number };
let questions: number;
let answer: () => Promise<unknown>;

beforeEach(() => {
  now = { wall: SCHEDULED_AT, monotonic: 500_000 };
  questions = 0;
  answer = async () => ({});
});

/** @param queuedMs between its scheduling and its beginning. */
function inTry<T>(queuedMs: number, work: (standing: Standing) => Promise<T>): Promise<T> {
  pass(queuedMs);
  const recordActivityTaskHeartbeat = () => {
    questions += 1;
    return answer();
  };
  const info = { heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS, currentAttemptScheduledTimestampMs: SCHEDULED_AT };
  const client = {
    workflowService: { recordActivityTaskHeartbeat },
    withAbortSignal: (_signal: AbortSignal, run: () => unknown) => run(),
  };
  const environment = new MockActivityEnvironment(info, { client: client as never });
  const clocks = { wall: () => now.wall, monotonic: () => now.monotonic };
  return environment.run(() => work(new Standing(clocks))) as Promise<T>;
}

function pass(ms: number): void {
  now = { wall: now.wall + ms, monotonic: now.monotonic + ms };
}

describe('a try', () => {
  it('asks nothing where it was scheduled just now', async () => {
    await inTry(4_000, (standing) => standing.assure());
    expect(questions).toBe(0);
  });

  it('asks where its task has waited for a suspended worker', async () => {
    await inTry(180_000, (standing) => standing.assure());
    expect(questions).toBe(1);
  });

  it('asks where it was suspended itself, and once more only after as long again', async () => {
    await inTry(0, async (standing) => {
      pass(180_000);
      await standing.assure();
      await standing.assure();
      pass(6_000);
      await standing.assure();
    });
    expect(questions).toBe(2);
  });

  it.each([
    ['the wall clock was set back', { wall: -3_600_000, monotonic: 60_000 }],
    ['the machine was suspended, with its monotonic clock', { wall: 60_000, monotonic: 0 }],
  ])('asks where %s', async (_what, jump) => {
    await inTry(0, async (standing) => {
      now = { wall: now.wall + jump.wall, monotonic: now.monotonic + jump.monotonic };
      await standing.assure();
    });
    expect(questions).toBe(1);
  });

  it('asks where the clock of this machine is behind that of Temporal, and proves nothing', async () => {
    await inTry(-60_000, (standing) => standing.assure());
    expect(questions).toBe(1);
  });

  it('is refused where Temporal has given it up', async () => {
    answer = () => Promise.reject(Object.assign(new Error('not found'), { code: 5 }));
    const refused = inTry(180_000, (standing) => standing.assure());
    await expect(refused).rejects.toThrow('not found');
  });

  it('is refused where each answer comes too late to be of use', async () => {
    answer = async () => pass(30_000);
    await expect(inTry(180_000, (standing) => standing.assure())).rejects.toThrow('too long');
    expect(questions).toBe(3);
  });

  it('is lost once Temporal says so, and not for a silence of Temporal', async () => {
    await inTry(0, async (standing) => {
      await expect(standing.isLost()).resolves.toBe(false);
      expect(questions).toBe(0);
      pass(11_000);
      answer = () => Promise.reject(Object.assign(new Error('unavailable'), { code: 14 }));
      await expect(standing.isLost()).resolves.toBe(false);
      answer = () => Promise.reject(Object.assign(new Error('not found'), { code: 5 }));
      await expect(standing.isLost()).resolves.toBe(true);
    });
  });
});
