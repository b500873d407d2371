import { signingKeysFrom } from '../../src/config/signing-keys';

const PROVIDED = 'a-key-of-the-secret-provider';
const CONFIGURED = 'a-key-of-the-configuration';
const oauth = {
  type: 'oauth' as const,
  clientId: 'id',
  clientSecret: 'secret',
  tokenEndpoint: 'https://login.example/token',
};
const providing = (text: string | undefined) => ({ get: async () => text });

describe('the signing keys', () => {
  it('are those of the secret provider, asked anew each time', async () => {
    let text = `${PROVIDED}, ${PROVIDED}-2`;
    const keys = signingKeysFrom({ secrets: { get: async () => text }, signingKeys: [CONFIGURED] });
    await expect(keys()).resolves.toEqual([PROVIDED, `${PROVIDED}-2`]);
    text = `${PROVIDED}-3`;
    await expect(keys()).resolves.toEqual([`${PROVIDED}-3`]);
  });

  it('are those of the configuration where the provider has none', async () => {
    const sources = { signingKeys: [CONFIGURED], credentials: oauth };
    await expect(signingKeysFrom({ ...sources, secrets: providing(' , ') })()).resolves.toEqual([CONFIGURED]);
    await expect(signingKeysFrom(sources)()).resolves.toEqual([CONFIGURED]);
  });

  it('are derived from the credentials where none are given: the same in every process and version', async () => {
    const [key] = await signingKeysFrom({ secrets: providing(undefined), credentials: oauth })();
    expect(Buffer.from(key).toString('hex')).toBe(
      '26828ac734b640eee9566b4ca4e0748dad1b0f056fa183fc0af5f96595c50eae',
    );
    const bearer = { type: 'bearer' as const, token: 'secret' };
    await expect(signingKeysFrom({ credentials: bearer })()).resolves.toEqual([key]);
  });

  it.each([
    ['one that is too short', { secrets: providing(`${PROVIDED},short`) }, /at least 16 characters$/],
    ['none at all', { secrets: providing('') }, /^CALLBACK_SIGNING_KEYS must be set: this worker has no/],
  ])('must not be %s', async (_what, sources, message) => {
    await expect(signingKeysFrom(sources)()).rejects.toThrow(message);
  });
});
