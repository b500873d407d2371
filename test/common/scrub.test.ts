/** What others repeat of a secret, however they write it. */
import fc from 'fast-check';
import { scrub } from '../../src/common/scrub';

const AWKWARD = 'pa"ss\\wörd & <ü>\n$&/{{secrets.X}}%😀';

const asJson = (text: string) => JSON.stringify(text).slice(1, -1);
const inAscii = (text: string) =>
  asJson(text).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
/** As .NET writes JSON. */
const carefully = (text: string) =>
  text.replace(
    /[^A-Za-z0-9]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
const asForm = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
const asHtml = (text: string) =>
  text.replace(/[^A-Za-z0-9 ]/gu, (character) => `&#${character.codePointAt(0)};`);

const SPELLINGS: [string, (text: string) => string][] = [
  ['as it is', (text) => text],
  ['in capitals', (text) => text.toUpperCase()],
  ['as JSON', asJson],
  ['as JSON in a text of JSON', (text) => asJson(asJson(text))],
  ['as JSON in a text of JSON in a text of JSON', (text) => asJson(asJson(asJson(text)))],
  ['as JSON of ASCII alone', inAscii],
  ['as JSON of ASCII alone in a text of JSON', (text) => asJson(inAscii(text))],
  ['as JSON with an escape for all but letters and digits', carefully],
  ['as JSON with slashes escaped', (text) => asJson(text).replaceAll('/', '\\/')],
  ['as a part of a URL', encodeURIComponent],
  ['as a form', asForm],
  ['as a page', asHtml],
  [
    'as a page with names',
    (text) =>
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  ],
];

describe('a secret that others repeat', () => {
  it.each(SPELLINGS)('is cut out %s', (_how, spell) => {
    expect(scrub(`It was <${spell(AWKWARD)}>.`, [AWKWARD])).toBe('It was <[redacted]>.');
  });

  it('is cut out whatever it is', () => {
    // In capitals some letters become two, which no service does to a text that it repeats.
    const spellings = SPELLINGS.filter(([how]) => how !== 'in capitals');
    const secrets = fc.string({ unit: 'grapheme', minLength: 4 }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(secrets, fc.constantFrom(...spellings), (secret, [, spell]) => {
        const shown = scrub(`Before ${spell(secret)} after`, [secret]);
        expect(shown.replace(/\s+/g, ' ').trim()).toMatch(/^Before .*\[redacted\].* after$/);
        expect(shown).not.toContain(spell(secret.trim()));
      }),
      { numRuns: 1000 },
    );
  });

  it('is cut out without the blanks around it', () => {
    expect(scrub("The password 'abcdef' is wrong", [' abcdef\n'])).toBe("The password '[redacted]' is wrong");
  });

  it('is cut out as a whole where another one is a part of it', () => {
    expect(scrub('secret-two and secret', ['secret', 'secret-two'])).toBe('[redacted] and [redacted]');
  });

  it.each(SPELLINGS)('is cut out where it is longer than a pattern may be, %s', (_how, spell) => {
    const long = Array.from({ length: 100 }, (_, at) => `${AWKWARD}${at}\\\\\\`).join('');
    const shown = scrub(`It was <${spell(long)}>, <${spell(long)}>.`, [long]);
    expect(shown).toBe('It was <[redacted]>, <[redacted]>.');
  });

  it('leaves words alone that hold one of three characters', () => {
    expect(scrub('The PIN 123 of 41234 is wrong: "123"', ['123'])).toBe(
      'The PIN [redacted] of 41234 is wrong: "[redacted]"',
    );
  });

  it('leaves everything alone where it is blank', () => {
    expect(scrub('Nothing to see', ['', ' ', '\n'])).toBe('Nothing to see');
  });

  it('costs no time where the text is full of backslashes', () => {
    const before = Date.now();
    scrub('\\'.repeat(200_000), ['"\'"\'"\'"\\\\\\"', '\\"\\"\\"\\"\\"']);
    expect(Date.now() - before).toBeLessThan(2000);
  });
});
