/** The token of a callback URL: nothing but what one of the keys has signed for this namespace is taken. */
import fc from 'fast-check';
import { looksLikeToken, readToken, type SigningKeys, signToken } from '../../../src/callback/token';
import { callbackUrl } from '../../../src/callback/url';
import { edited, edits, oddTexts } from '../mutations';
import { target } from '../target';

const KEYS: SigningKeys = ['the-first-of-the-signing-keys', Buffer.from('the second of them, as bytes')];
const FOREIGN: SigningKeys = ['a-key-that-nobody-here-accepts'];
const NAMESPACE = 'invoices';

const signing = (keys: SigningKeys) => ({ keys: async () => keys });

const cases = fc.record({
  key: fc.stringMatching(/^[a-z0-9]{1,40}$/),
  workflowId: fc.oneof(fc.string({ minLength: 1, maxLength: 200, unit: 'binary' }), fc.constant(undefined)),
  other: fc.string({ minLength: 1, maxLength: 50 }),
  namespace: fc.oneof(fc.constant(NAMESPACE), oddTexts),
  isForeign: fc.boolean(),
  /** Which segment of the token comes from another one that is good. */
  swapped: fc.constantFrom(-1, -1, 0, 1, 2),
  edits,
  baseUrl: fc.constantFrom(
    'https://robots.contoso.com',
    'https://robots.contoso.com/a/',
    `https://c.com/${'x'.repeat(1900)}`,
  ),
});

export const token = target(
  'token',
  'takes a token that it has signed for this namespace, and no other text',
  cases,
  async ({ key, workflowId, other, namespace, isForeign, swapped, edits: wanted, baseUrl }) => {
    const signer = signing(isForeign ? FOREIGN : KEYS);
    const signed = { namespace, key, ...(workflowId !== undefined && { workflowId }) };
    const good = await signToken(signed, signer);
    const another = await signToken({ namespace, key: 'other', workflowId: other }, signer);
    const parts = good.split('.');
    if (swapped >= 0) parts[swapped] = another.split('.')[swapped] ?? '';
    const text = edited(parts.join('.'), wanted);

    const read = await readToken(text, NAMESPACE, signing(KEYS));
    const isOurs = !isForeign && namespace === NAMESPACE;
    const isGood = isOurs && (text === good || text === another);
    if ((read !== undefined) !== isGood) {
      throw new Error(`${isGood ? 'A good token was refused' : 'A forged token was taken'}: ${text}`);
    }
    if (read && !looksLikeToken(text)) throw new Error(`A good token does not look like one: ${text}`);
    const given = Buffer.from(workflowId ?? '').toString();
    if (read && text === good && (read.key !== key || (read.workflowId ?? '') !== given)) {
      throw new Error(`A token says something else than what was signed: ${JSON.stringify(read)}`);
    }

    const url = await callbackUrl(signed, { ...signer, baseUrl });
    const end = url.slice(url.lastIndexOf('/') + 1);
    const taken = await readToken(end, namespace, signer);
    if (taken?.key !== key) throw new Error(`The token of a URL is not taken: ${url}`);
    if (url.length > 2000 && taken.workflowId !== undefined) throw new Error(`A URL is too long: ${url}`);
  },
);
