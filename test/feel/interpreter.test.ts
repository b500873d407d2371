import { FeelError, withinTime } from '../../src/feel/interpreter';

/** Keeps the thread, and does nothing, as on a machine that is busy with others. */
const stand = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

it('gives work another try where the machine had no time for it', () => {
  let tries = 0;
  const value = withinTime(() => {
    tries += 1;
    if (tries === 1) stand(60_000);
    return 'done';
  });
  expect([value, tries]).toEqual(['done', 2]);
});

it('gives up work for which the machine never has time', () => {
  let tries = 0;
  const work = () => {
    tries += 1;
    stand(60_000);
  };
  expect(() => withinTime(work)).toThrow(new FeelError('takes longer than 2 seconds'));
  expect(tries).toBe(3);
});

it('ends work that has no end, and does not try it again', () => {
  let tries = 0;
  const work = () => {
    tries += 1;
    for (;;);
  };
  expect(() => withinTime(work, 1)).toThrow(new FeelError('takes longer than 2 seconds'));
  expect(tries).toBe(1);
});
