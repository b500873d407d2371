import { heartbeatIntervalMs } from '../../../src/activities/support/heartbeat';

test('beats three times within the time-out that the caller set', () => {
  expect(heartbeatIntervalMs(3_000)).toBe(1_000);
  expect(heartbeatIntervalMs(15_000)).toBe(5_000);
});

test('beats every 10 s at the least, so that a cancellation arrives', () => {
  expect(heartbeatIntervalMs(600_000)).toBe(10_000);
});

test('beats every 3 s where the caller set no time-out', () => {
  expect(heartbeatIntervalMs(undefined)).toBe(3_000);
  expect(heartbeatIntervalMs(0)).toBe(3_000);
});
