/**
 * SHARED: may run anywhere. The single fields of the inputs, as zod schemas that the workflow and the
 * activities share. Every message says what the field must be and never repeats the value.
 *
 * `zod/mini`, because the workflow bundle carries it (about a third less than all of zod), and parsed without
 * zod's just-in-time compiler (see `parse.ts`): one input a run is not worth a `new Function` in the sandbox.
 */
import { msToNumber } from '@temporalio/common/lib/time';
import * as z from 'zod/mini';
import { isGuid } from './guid';
import { isPlainObject } from './parse';
import { holdsReference, secretName } from './secret-references';
import { callbackUrlProblem, MAX_CALLBACK_URL_LENGTH, organizationUriProblem } from './urls';

/**
 * Dataverse takes inputs of up to 2 MB. Read as 2,000,000 bytes: a Temporal payload ends at 2 MiB (2,097,152),
 * and has to carry the other fields too.
 */
export const MAX_INPUTS_BYTES = 2_000_000;

/** Longest run that Dataverse grants, in seconds. Source: Web API reference of RunDesktopFlow. */
const MAX_TIMEOUT_SECONDS = 86_400;

export const MAX_CONNECTION_NAME_LENGTH = 1000;

/** What a JSON Schema can say of a value beyond what zod tells of it. Read by `tools/contract`, by nothing at run time. */
const facts = z.registry<Record<string, unknown>>();

/** Returns the registry. A function, for the reason given at the end of this file. */
export function schemaFacts() {
  return facts;
}

export function withFacts<T extends z.ZodMiniType>(schema: T, known: Record<string, unknown>): T {
  facts.add(schema, known);
  return schema;
}

/** A message for any wrong value, and a shorter one for a missing field. */
export function must(problem: string) {
  return { error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is required' : problem) };
}

/** A string that passes `problemOf`, which returns what is wrong with it or undefined. */
function text(expected: string, problemOf: (value: string) => string | undefined) {
  return z.string(must(expected)).check(
    z.superRefine((value, context) => {
      const problem = problemOf(value);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem, input: value });
    }),
  );
}

export function nonEmpty(maximum: number) {
  return withFacts(
    text(lengthExpected(maximum), (value) => lengthProblem(value, maximum)),
    { minLength: 1, maxLength: maximum, pattern: '\\S' },
  );
}

export function lengthProblem(value: string, maximum: number): string | undefined {
  return value.trim() === '' || value.length > maximum ? lengthExpected(maximum) : undefined;
}

function lengthExpected(maximum: number): string {
  return `must be a text of 1 to ${maximum} characters`;
}

/** Only the worker, which has the values, can check a text with references in it. */
function unlessReferring(problemOf: (value: string) => string | undefined) {
  const tooLong = `must not be longer than ${MAX_CALLBACK_URL_LENGTH} characters`;
  return withFacts(
    text('must be a text', (value) => {
      if (!holdsReference(value)) return problemOf(value);
      return value.length > MAX_CALLBACK_URL_LENGTH ? tooLong : undefined;
    }),
    { minLength: 1, maxLength: MAX_CALLBACK_URL_LENGTH },
  );
}

const guidExpected = 'must be a GUID, such as d9687093-d0c0-ec11-983e-0022480b428a';

const guid = z.pipe(
  withFacts(
    text(guidExpected, (value) => (isGuid(value) ? undefined : guidExpected)),
    { pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' },
  ),
  z.transform((value) => value.toLowerCase()),
);

const secretExpected =
  'must be a reference {{secrets.NAME}} to a secret of the worker; a literal would stay in the history for everybody to read';

const secretReference = withFacts(
  text(secretExpected, (value) => (secretName(value) === undefined ? secretExpected : undefined)),
  { pattern: '^\\{\\{\\s*secrets\\.[A-Za-z0-9_.-]+\\s*\\}\\}$' },
);

const authentication = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('bearer'), token: secretReference }),
    z.strictObject({
      type: z.literal('oauth'),
      clientId: secretReference,
      clientSecret: secretReference,
      tokenEndpoint: secretReference,
    }),
  ],
  must("must be {type: 'bearer', token} or {type: 'oauth', clientId, clientSecret, tokenEndpoint}"),
);

/** Each value a reference `{{secrets.NAME}}`, which the worker resolves. */
export type Authentication = z.infer<typeof authentication>;

/** Milliseconds, from a number of them or a text as Temporal writes durations (`'5s'`, `'10 minutes'`). */
export function duration(minimumMs: number, maximumMs: number) {
  const expected = `must be a duration such as '5s' or a number of milliseconds, from ${minimumMs} to ${maximumMs} ms`;
  const milliseconds = withFacts(z.number(), { minimum: minimumMs, maximum: maximumMs });
  return z.pipe(
    z.union([withFacts(z.string(), { minLength: 1 }), milliseconds], must(expected)),
    z.transform((value, context) => {
      const ms = toMs(value);
      if (ms !== undefined && ms >= minimumMs && ms <= maximumMs) return ms;
      context.issues.push({ code: 'custom', message: expected, input: value });
      return z.NEVER;
    }),
  );
}

/** Returns undefined if the value is not a duration. A number means milliseconds, also as text. */
export function toMs(value: string | number): number | undefined {
  try {
    const ms = Math.round(msToNumber(value as number));
    return Number.isFinite(ms) ? ms : undefined;
  } catch {
    return undefined;
  }
}

export function wholeNumber(minimum: number, maximum: number) {
  const expected = must(`must be a whole number from ${minimum} to ${maximum}`);
  return z.int(expected).check(z.gte(minimum, expected), z.lte(maximum, expected));
}

export function numberBetween(minimum: number, maximum: number) {
  const expected = must(`must be a number from ${minimum} to ${maximum}`);
  return z.number(expected).check(z.gte(minimum, expected), z.lte(maximum, expected));
}

const inputsExpected = 'must be a JSON object, or the text of one';

/** Kept in the caller's form: a text may hold numbers that JavaScript would round. */
// Not `z.record`, which would copy it, and leave out `__proto__`.
const inputs = withFacts(
  z
    .custom<Record<string, unknown> | string>(
      (value) => typeof value === 'string' || isPlainObject(value),
      must(inputsExpected),
    )
    .check(
      z.superRefine((value, context) => {
        const problem = inputsProblem(value);
        if (problem !== undefined) context.addIssue({ code: 'custom', message: problem, input: undefined });
      }),
    ),
  { anyOf: [{ type: 'object' }, { type: 'string' }] },
);

function inputsProblem(value: string | Record<string, unknown>): string | undefined {
  const problem = inputsSizeProblem(inputsText(value));
  if (problem !== undefined || typeof value !== 'string') return problem;
  try {
    const parsed: unknown = JSON.parse(value);
    if (isPlainObject(parsed)) return undefined;
    return `${inputsExpected}; it is JSON, but not an object`;
  } catch {
    // The parser's own message quotes the text.
    return `${inputsExpected}; it is not valid JSON`;
  }
}

export function inputsSizeProblem(json: string): string | undefined {
  if (new TextEncoder().encode(json).length <= MAX_INPUTS_BYTES) return undefined;
  return `must not be larger than ${MAX_INPUTS_BYTES} bytes of JSON as UTF-8`;
}

/** What goes to Dataverse: the inputs as JSON text; their references are resolved when they go. */
export function inputsText(value: string | Record<string, unknown>): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Which organization, and as whom. */
const targetFields = {
  organizationUri: z.optional(unlessReferring(organizationUriProblem)),
  authentication: z.optional(authentication),
};

/** What a trigger takes. */
const triggerFields = {
  ...targetFields,
  flowId: guid,
  connectionName: nonEmpty(MAX_CONNECTION_NAME_LENGTH),
  connectionType: z._default(
    z.enum(['connection', 'connectionReference'], must("must be 'connection' or 'connectionReference'")),
    'connection',
  ),
  runMode: z.enum(['attended', 'unattended'], must("must be 'attended' or 'unattended'")),
  runPriority: z._default(nonEmpty(100), 'normal'),
  inputs: z.optional(inputs),
  callbackUrl: z.optional(unlessReferring(callbackUrlProblem)),
  timeout: z.optional(wholeNumber(1, MAX_TIMEOUT_SECONDS)),
  onUnknownOutcome: z._default(
    z.enum(['fail', 'startAgain'], must("must be 'fail' or 'startAgain'")),
    'fail',
  ),
  // Without defaults, so that a worker of an older version sees them only where a caller has set them.
  checkInputs: z.optional(z.boolean(must('must be true or false'))),
  schemaFingerprint: z.optional(nonEmpty(100)),
};

/**
 * From a function, because what a module exports that workflows share is frozen, and schemas keep in themselves what they
 * find out at their first use. See `tools/bundle-workflows.js`.
 */
export function inputFields() {
  return { guid, targetFields, triggerFields };
}
