/** What a token endpoint answers, over real HTTP: a token that can be sent, or an error that says whether it is for good. */
import fc from 'fast-check';
import { DataverseError } from '../../../src/dataverse';
import { ClientCredentials } from '../../../src/dataverse/auth/client-credentials';
import { type Answer, AnsweringServer, answerHeaders, wires } from '../answering-server';
import { changed, changes, edited, edits, jsonOf, oddTexts } from '../mutations';
import { expectSilent, expectUnpolluted, MARK, target } from '../target';

const SAMPLES = {
  token: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: 'eyJ0eXAi.aaa.bbb' },
  version1: {
    token_type: 'Bearer',
    expires_in: '3599',
    expires_on: '1',
    resource: 'x',
    access_token: 'eyJ0eXAi.aaa.bbb',
  },
  refused: {
    error: 'invalid_client',
    error_description: `AADSTS7000215: ${MARK}`,
    error_codes: [7000215],
    trace_id: 'x',
  },
  later: { error: 'temporarily_unavailable', error_description: 'x', error_codes: [90033] },
};

const cases = fc.record({
  status: fc.oneof(
    fc.constantFrom(200, 200, 200, 204, 205, 304, 400, 401, 403, 404, 407, 408, 429, 500, 503),
    fc.integer({ min: 200, max: 599 }),
  ),
  headers: answerHeaders,
  sample: fc.constantFrom(...(Object.keys(SAMPLES) as (keyof typeof SAMPLES)[])),
  changes,
  edits: fc.oneof(fc.constant([]), fc.constant([]), edits),
  text: fc.option(oddTexts, { freq: 12 }),
  many: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 5_000),
  wire: wires,
});

const LANES = 10;

const servers = Array.from({ length: LANES }, () => new AnsweringServer());

/** Counted apart from the others, so that the ports of closed connections do not run out. */
let asked = 0;

export const tokenEndpoint = target(
  'token-endpoint',
  'gives a token that a header can hold, or a DataverseError without a secret, and calls for good only what is',
  cases,
  async ({ sample, changes: wanted, edits: cuts, text, many, ...given }, lane) => {
    const server = servers[lane] as AnsweringServer;
    asked += 1;
    const origin = await server.origin(asked % 1_000 < LANES);
    const value = changed(SAMPLES[sample], wanted);
    if (many > 0 && typeof value === 'object' && value !== null) {
      Object.assign(value, { error_codes: Array.from({ length: many }, (_, number) => number) });
    }
    const answer: Answer = { ...given, body: text ?? edited(jsonOf(value), cuts) };
    server.script([answer]);
    const credentials = new ClientCredentials(
      {
        type: 'oauth',
        clientId: `${MARK}-id`,
        clientSecret: MARK,
        tokenEndpoint: `${origin}/t/oauth2/v2.0/token`,
      },
      'https://contoso.crm4.dynamics.com',
    );
    try {
      const token = await credentials.token();
      if (!/^[\x21-\x7e]+$/.test(token)) throw new Error('A token that no header can hold');
      if (answer.status !== 200) throw new Error(`A token of an answer with ${answer.status}`);
      if (
        answer.wire === 'whole' &&
        !answer.body.includes(JSON.stringify(token).slice(1, -1)) &&
        !answer.body.includes('\\')
      ) {
        throw new Error('Another token than the answer has');
      }
    } catch (error) {
      if (!(error instanceof DataverseError)) throw error;
      const { kind, outcome, message, code, requestId, retryAfterMs } = error;
      expectSilent('an error', message, code, requestId, error.stack);
      if (outcome !== 'refused')
        throw new Error('Without a token nothing was sent, so nothing can be in doubt');
      if (message.length > 1_000) throw new Error(`A message of ${message.length} characters`);
      if (retryAfterMs !== undefined && !(retryAfterMs >= 0 && retryAfterMs <= 3_600_000))
        throw new Error(`A wait of ${retryAfterMs} ms`);
      const isPassing = answer.status === 429 || answer.status === 408 || answer.status >= 500;
      if (
        kind === 'unauthorized' &&
        (isPassing || (answer.status < 400 && !answer.body.includes('"error"')))
      ) {
        throw new Error(`Called for good (${answer.status}): ${message}`);
      }
    } finally {
      server.expectFew();
      expectUnpolluted();
    }
  },
  {
    lanes: LANES,
    after: async () => {
      for (const server of servers) server.close();
    },
  },
);
