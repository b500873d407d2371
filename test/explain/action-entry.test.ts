/** Entries of a log that nobody documents, in shapes that it might have. */
import { isFailed, toLoggedAction } from '../../src/explain/action-entry';
import { cleaner } from '../../src/explain/clean';

const asIs = (text: string) => text;

it.each([
  [
    { actionName: 'Click', subflowName: 'Main', actionIndex: 7, status: 'Failed', errorMessage: 'gone' },
    { name: 'Click', subflow: 'Main', index: 7, status: 'Failed', text: 'gone' },
  ],
  [
    { Name: 'Click', functionName: 'Main', line: '7', Status: 'Faulted', Error: { Message: 'gone' } },
    { name: 'Click', subflow: 'Main', index: 7, status: 'Faulted', text: 'gone' },
  ],
  [
    { action: { name: 'Click' }, 'start time': '2026-11-24T04:15:26Z', error: 'gone' },
    { name: 'Click', startedOn: '2026-11-24T04:15:26Z', text: 'gone' },
  ],
])('%j is read as far as it goes, and kept as a whole', (entry, known) => {
  expect(toLoggedAction(entry, asIs)).toEqual({ ...known, fields: entry });
  expect(isFailed(entry)).toBe(true);
});

it.each([
  {},
  { status: 'Succeeded', error: null },
  { status: 'Succeeded', errorMessage: 'handled' },
  { name: 'x', error: '' },
])('%j has not failed', (entry) => {
  expect(isFailed(entry)).toBe(false);
});

it('long fields, and many, are shortened', () => {
  const entry = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`f${index}`, 'x'.repeat(10_000)]),
  );
  const { fields } = toLoggedAction({ ...entry, f0: { deep: ['x'.repeat(10_000)] } }, asIs);
  expect(Object.keys(fields)).toHaveLength(40);
  for (const value of Object.values(fields)) expect(String(value).length).toBeLessThanOrEqual(500);
});

it.each([
  { password: 'p4' },
  { inputs: { 'SAP Password': { value: 'p4' } } },
  { inputs: [{ name: 'Api-Key', displayName: 'x', value: 'p4', rawValue: 'p4' }] },
  { header: 'Authorization: Basic cDRwNHA0cDQ6cDQ=', clientSecret: ['p4'] },
  { text: 'eyJhbGciOi.eyJwNCI6cDQ.p4p4p4' },
])('%j shows no secret', (entry) => {
  const shown = JSON.stringify(toLoggedAction(entry, cleaner(asIs)).fields);
  expect(shown).toContain('[redacted]');
  expect(shown).not.toMatch(/p4|cDRw/);
});
