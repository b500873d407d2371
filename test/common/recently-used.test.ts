import { RecentlyUsed } from '../../src/common/recently-used';

interface Value {
  isInUse: boolean;
}

const AT_MOST = 10;

const setUp = () => {
  const isInUse = jest.fn((value: Value) => value.isInUse);
  return { values: new RecentlyUsed<Value>(AT_MOST, isInUse), isInUse };
};

const useMany = (values: RecentlyUsed<Value>, count: number, isInUse: boolean) =>
  Array.from({ length: count }, (_, number) => values.get(`${isInUse}-${number}`, () => ({ isInUse })));

const keysOf = (values: RecentlyUsed<Value>) => [...values.entries()].map(([key]) => key);

describe('a map that forgets', () => {
  it('keeps those that were asked for last', () => {
    const { values } = setUp();
    const [first] = useMany(values, AT_MOST, false);
    expect(values.get('false-0', () => ({ isInUse: false }))).toBe(first);
    values.get('another', () => ({ isInUse: false }));
    expect(keysOf(values)).toHaveLength(AT_MOST);
    expect(keysOf(values)).toContain('false-0');
    expect(keysOf(values)).not.toContain('false-1');
  });

  it('keeps what is in use, however much that is, and asks few of them each time', () => {
    const { values, isInUse } = setUp();
    const kept = useMany(values, 5_000, true);
    expect(keysOf(values)).toHaveLength(5_000);
    expect(isInUse.mock.calls.length).toBeLessThanOrEqual(2 * 5_000);
    expect(values.get('true-7', () => ({ isInUse: true }))).toBe(kept[7]);
  });

  it('comes back to its size when they are in use no more', () => {
    const { values } = setUp();
    for (const value of useMany(values, 100, true)) value.isInUse = false;
    useMany(values, 100, false);
    expect(keysOf(values)).toHaveLength(AT_MOST);
  });
});
