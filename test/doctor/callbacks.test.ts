/** Which addresses Dataverse cannot call. */
import { isPrivate } from '../../src/doctor/callbacks';

it.each([
  ['10.1.2.3', true],
  ['172.16.0.1', true],
  ['172.32.0.1', false],
  ['192.168.178.20', true],
  ['100.64.0.1', true],
  ['169.254.169.254', true],
  ['127.0.0.1', true],
  ['20.50.1.1', false],
  ['::1', true],
  ['fd00::1', true],
  ['fe80::1', true],
  ['::ffff:10.0.0.1', true],
  ['2603:1020::1', false],
])('%s is private: %s', (address, expected) => {
  expect(isPrivate(address)).toBe(expected);
});
