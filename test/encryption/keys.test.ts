import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, readConfig, readTemporalConfig } from '../../src/config/config';
import { keysReadAgain } from '../../src/encryption/key-source';
import { parseEncryptionKeys } from '../../src/encryption/keys';

const KEY = randomBytes(32).toString('base64');
const OTHER = randomBytes(32).toString('base64url');

const idsOf = (text: string) => parseEncryptionKeys(text).map(({ id }) => id);

it('keys are read in their order, in both alphabets of Base64', () => {
  expect(idsOf(` 2026-11:${KEY} , old.1:${OTHER},`)).toEqual(['2026-11', 'old.1']);
});

it.each([
  ['', 'must hold at least one key'],
  [',', 'must hold at least one key'],
  [KEY, 'must hold keys as id:base64'],
  [`:${KEY}`, 'must hold keys as id:base64'],
  [`a b:${KEY}`, 'must hold keys as id:base64'],
  [`a:${KEY}A`, 'must hold keys as id:base64'],
  [`a:${randomBytes(31).toString('base64')}`, 'each of 32 bytes'],
  [`a:${randomBytes(33).toString('base64')}`, 'each of 32 bytes'],
  [`a:${KEY},b:short`, 'number 2 is none'],
  [`a:${KEY},a:${OTHER}`, 'must not hold two keys of one id'],
])('wrong keys are refused, and not repeated (%#)', (text, problem) => {
  const parse = () => parseEncryptionKeys(text);
  expect(parse).toThrow(`PAYLOAD_ENCRYPTION_KEYS ${problem.startsWith('must') ? problem : ''}`.trim());
  expect(parse).toThrow(problem);
  const said = (() => {
    try {
      return String(parse());
    } catch (error) {
      return String(error);
    }
  })();
  for (const part of text.split(/[:, ]/).filter((one) => one.length > 5)) expect(said).not.toContain(part);
});

it('the configuration names wrong keys together with all else that is wrong', () => {
  const wrong = { PAYLOAD_ENCRYPTION_KEYS: 'a:b', POWER_AUTOMATE_NEXUS: 'perhaps' };
  expect(() => readConfig(wrong)).toThrow(ConfigError);
  expect(() => readConfig(wrong)).toThrow(
    /POWER_AUTOMATE_NEXUS must be.*\n.*PAYLOAD_ENCRYPTION_KEYS must hold/,
  );
  expect(() =>
    readTemporalConfig({ PAYLOAD_ENCRYPTION_KEYS: `a:${KEY}`, PAYLOAD_ENCRYPTION_KEYS_FILE: '/k' }),
  ).toThrow('PAYLOAD_ENCRYPTION_KEYS and PAYLOAD_ENCRYPTION_KEYS_FILE must not both be set');
  expect(readTemporalConfig({}).payloads).toEqual({});
});

describe('keys that are read again', () => {
  let now = 0;
  const sourceOf = (read: () => Promise<string | undefined>) => keysReadAgain(read, 'KEYS_FILE', () => now);
  const ids = async (keys: Promise<readonly { id: string }[]>) => (await keys).map(({ id }) => id);

  beforeEach(() => {
    now = 0;
  });

  it('are read when ten seconds have passed, or at once for one that is missing', async () => {
    const reads: string[] = [`a:${KEY}`, `b:${OTHER},a:${KEY}`, `c:${KEY}`];
    const source = sourceOf(async () => reads.shift());
    expect(await ids(source.current())).toEqual(['a']);
    now = 9_999;
    expect(await ids(source.current())).toEqual(['a']);
    expect(await ids(source.renewed())).toEqual(['b', 'a']);
    // Payloads whose key nobody has come again and again.
    expect(await ids(source.renewed())).toEqual(['b', 'a']);
    now += 10_000;
    expect(await ids(source.current())).toEqual(['c']);
  });

  it('stay what they were where they cannot be read again', async () => {
    const source = sourceOf(async () => (now === 0 ? `a:${KEY}` : undefined));
    expect(await ids(source.current())).toEqual(['a']);
    now = 60_000;
    expect(await ids(source.current())).toEqual(['a']);
  });

  it('are an error, each time, until they could be read once', async () => {
    let text: string | undefined;
    const source = sourceOf(async () => text);
    await expect(source.current()).rejects.toThrow('KEYS_FILE must hold at least one key');
    text = `a:${KEY}`;
    expect(await ids(source.current())).toEqual(['a']);
  });

  it('come from the file of PAYLOAD_ENCRYPTION_KEYS_FILE', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'keys-'));
    try {
      const file = path.join(folder, 'keys');
      const { payloads } = readTemporalConfig({ PAYLOAD_ENCRYPTION_KEYS_FILE: file });
      await expect(payloads.encryption?.keys.current()).rejects.toThrow(
        'The file of PAYLOAD_ENCRYPTION_KEYS_FILE does not exist',
      );
      await writeFile(file, `a:${KEY}\n`);
      expect((await payloads.encryption?.keys.current())?.map(({ id }) => id)).toEqual(['a']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
