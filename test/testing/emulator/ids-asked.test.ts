import { randomUUID } from 'node:crypto';
import { startEmulator } from '../../../src/testing/emulator';
import { idsAsked } from '../../../src/testing/emulator/calls/ids-asked';
import { call, json, start } from './helpers';

const IN = 'Microsoft.Dynamics.CRM.In(PropertyName=@p1,PropertyValues=@p2)';

function query(filter: string, property: string, values: string): URLSearchParams {
  return new URLSearchParams({ $filter: filter, '@p1': property, '@p2': values });
}

test('the ids of a query for nothing else are known, in any case, each once', () => {
  expect(idsAsked(query(IN, "'flowsessionid'", '["A1","b2","a1"]'))).toEqual(['a1', 'b2']);
});

test.each([
  ['of another column', query(IN, "'name'", '["a"]')],
  ['with another condition', query(`${IN} or statuscode eq 4`, "'flowsessionid'", '["a"]')],
  ['that is negated', query(`not ${IN}`, "'flowsessionid'", '["a"]')],
  ['whose list is none', query(IN, "'flowsessionid'", '"a"')],
  ['whose list is no JSON', query(IN, "'flowsessionid'", "['a']")],
  ['without a filter', new URLSearchParams()],
])('a query %s looks at all rows', (_what, params) => {
  expect(idsAsked(params)).toBeUndefined();
});

test('runs are found by their ids, also after they have ended, and one that does not exist is missing', async () => {
  const emulator = await startEmulator();
  const [first, , third] = [await start(emulator), await start(emulator), await start(emulator)];
  emulator.setStatus(first, 'Succeeded');
  const values = JSON.stringify([third, randomUUID(), first.toUpperCase()]);
  const { value } = await json(
    call(emulator, `flowsessions?$filter=${IN}&@p1='flowsessionid'&@p2=${encodeURIComponent(values)}`),
  );
  const ids = value.map(({ flowsessionid }: { flowsessionid: string }) => flowsessionid);
  expect(ids.sort()).toEqual([first, third].sort());
  await emulator.close();
});
