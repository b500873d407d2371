import { cpuSecondsOf, memory, memoryOf, since } from '../../bench/harness/process';

test('CPU time is user and system time, whatever the program is called', () => {
  const stat = '4711 (node (a) b) S 1 4711 4711 0 -1 4194304 9 8 7 6 1234 66 3 4 20 0 11 0 100 200 300';
  expect(cpuSecondsOf(stat)).toBe(13);
});

test('memory is read in MiB, now and at its peak', () => {
  expect(memoryOf('Name:\tnode\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n')).toEqual({
    rss: 100,
    peak: 200,
  });
});

test('a process that runs has memory, and had at least as much', () => {
  const { rss, peak } = memory(process.pid);
  expect(rss).toBeGreaterThan(1);
  expect(peak).toBeGreaterThanOrEqual(rss);
});

test('what was used before is taken off', () => {
  expect(since({ server: 2 }, { server: 5, worker: 1 })).toEqual({ server: 3, worker: 1 });
});
