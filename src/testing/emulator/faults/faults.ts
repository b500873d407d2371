/** HOST, development only: the faults that can be asked for, in code and over HTTP. */
import * as z from 'zod';
import { TOKEN_SITUATIONS } from '../oauth/token-errors';
import { durationSchema } from '../setup/duration';
import { statusSchema } from '../setup/flows-file';
import { LICENSE_MESSAGES, type LicenseCode } from './license';
import { OPERATIONS } from './operations';

const common = {
  /** How many occasions the fault hits. @default 1 */
  times: z.union([z.int().min(1), z.literal('always')]).default(1),
  /** How many matching occasions pass first. @default 0 */
  after: z.int().min(0).default(0),
  /** Hits only requests for this flow and its runs. */
  flowId: z.guid().optional(),
  /** Hits only requests for this run. */
  sessionId: z.guid().optional(),
};

/** 'any' is every request, even one for a token. */
const request = { ...common, on: z.enum([...OPERATIONS, 'any']) };
/** Whether the request is carried out before the fault shows. */
const executed = (byDefault: boolean) => ({ executed: z.boolean().default(byDefault) });
const httpStatus = z.int().min(200).max(599);

export const faultSchema = z.discriminatedUnion('kind', [
  /** The connection closes before the request is carried out. */
  z.strictObject({
    ...request,
    on: z.enum([...OPERATIONS, 'any', 'callback']),
    kind: z.literal('lostRequest'),
  }),
  /** The request is carried out, then the connection closes without an answer. */
  z.strictObject({ ...request, kind: z.literal('lostAnswer') }),
  /** The connection is reset (TCP RST). `executed` @default false */
  z.strictObject({ ...request, ...executed(false), kind: z.literal('reset') }),
  /** An answer never comes, and the connection stays open. `executed` @default true */
  z.strictObject({ ...request, ...executed(true), kind: z.literal('hang') }),
  /** Answers 429 before execution; Retry-After is one second, or 60 at the token endpoint; null leaves it out. */
  z.strictObject({
    ...request,
    kind: z.literal('throttle'),
    limit: z.enum(['requests', 'executionTime', 'concurrency']).default('requests'),
    retryAfterSeconds: z.number().min(0).nullable().optional(),
  }),
  /** An answer with this status and, unless a raw `body` is given, a body of Dataverse's shape. */
  z.strictObject({
    ...request,
    ...executed(false),
    kind: z.literal('status'),
    httpStatus,
    code: z.string().optional(),
    message: z.string().optional(),
    body: z.string().optional(),
    retryAfterSeconds: z.number().min(0).optional(),
  }),
  /** A gateway's HTML page. `httpStatus` @default 502 */
  z.strictObject({
    ...request,
    ...executed(false),
    kind: z.literal('html'),
    httpStatus: httpStatus.default(502),
  }),
  /** Everything takes longer, in real time. `executed`: carried out before the wait. @default false */
  z.strictObject({
    ...request,
    ...executed(false),
    on: z.enum([...OPERATIONS, 'any', 'callback']),
    kind: z.literal('delay'),
    duration: durationSchema,
  }),
  /** The started run cannot be read for this long, by the emulator's clock. */
  z.strictObject({
    ...common,
    on: z.literal('trigger'),
    kind: z.literal('invisible'),
    duration: durationSchema,
  }),
  z.discriminatedUnion('on', [
    /** Two runs start; the row of the second can be read `lag` later than that of the first. @default 0 */
    z.strictObject({
      ...common,
      on: z.literal('trigger'),
      kind: z.literal('duplicate'),
      lag: durationSchema.default(0),
    }),
    /** In a query the first row comes twice; a callback is sent twice. */
    z.strictObject({ ...common, on: z.enum(['query', 'callback']), kind: z.literal('duplicate') }),
  ]),
  /** The id comes in upper case under the other spelling: `flowsessionid` for `flowsessionId`, and the reverse. */
  z.strictObject({ ...common, on: z.enum(['trigger', 'status', 'query']), kind: z.literal('wrongCase') }),
  /** The licence check fails inside the 200; with `blocks` the run ends at once. `blocks` @default false */
  z.strictObject({
    ...common,
    on: z.literal('trigger'),
    kind: z.literal('license'),
    code: z.enum(Object.keys(LICENSE_MESSAGES) as [LicenseCode, ...LicenseCode[]]),
    blocks: z.boolean().default(false),
  }),
  /** Half of the file comes, while x-ms-file-size still gives the size of the whole. */
  z.strictObject({ ...common, on: z.literal('outputs'), kind: z.literal('truncated') }),
  /** A ranged download is refused, as where files are kept in the database. */
  z.strictObject({ ...common, on: z.literal('outputs'), kind: z.literal('byok') }),
  /** How the next started run ends, instead of the flow's own `ends`. */
  z.strictObject({
    ...common,
    on: z.literal('run'),
    kind: z.literal('ends'),
    status: statusSchema,
    errorCode: z.string().optional(),
    errorMessage: z.string().optional(),
    errorDetails: z.string().optional(),
    duration: durationSchema.optional(),
  }),
  /** The token endpoint refuses, for the reason in `situation`. */
  z.strictObject({
    ...common,
    on: z.literal('token'),
    kind: z.literal('tokenError'),
    situation: z.enum(TOKEN_SITUATIONS),
  }),
]);

export type Fault = z.input<typeof faultSchema>;
export type ParsedFault = z.output<typeof faultSchema>;
export type FaultKind = ParsedFault['kind'];
export type FaultOf<K extends FaultKind> = Extract<ParsedFault, { kind: K }>;
/** The faults that decide what happens to an answer. */
export type Outcome = FaultOf<
  'lostRequest' | 'lostAnswer' | 'reset' | 'hang' | 'throttle' | 'status' | 'html' | 'tokenError'
>;
