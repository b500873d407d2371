/** SHARED: may run anywhere. The one argument of the workflow `RunDesktopFlows`. On the wire. */
import * as z from 'zod/mini';
import { bytesOf } from './batch-result';
import { type AdoptFlowRunInput, parsePartialInput, type RunDesktopFlowInput } from './input';
import { must, nonEmpty, wholeNumber } from './schema/fields';
import { type FieldProblem, isPlainObject, type Parsed, parse } from './schema/parse';

/** The input of one `RunDesktopFlow` of a batch; the batch's `defaults` fill in what it leaves out. */
export type BatchItem = Partial<RunDesktopFlowInput> | AdoptFlowRunInput;

/** An activity that the caller provides. */
export interface OwnActivity {
  /** Its name. */
  activity: string;
  /** @default that of the batch */
  taskQueue?: string;
}

export interface PagesOptions extends OwnActivity {
  /** Anything that the activity needs besides the cursor. @default null */
  input?: unknown;
}

export interface ResultsOptions extends OwnActivity {
  /** Results per call, 1 to 100. Fewer if their outputs are large. @default 100 */
  pageSize?: number;
}

/** The input as the caller writes it. Exactly one of `items` and `pages`; null counts as left out. */
export interface RunDesktopFlowsInput {
  items?: BatchItem[];
  /** Called with `PageRequest`, returns `Page`: for more items than fit into one payload. */
  pages?: PagesOptions;
  /** Values for fields that an item leaves out. A field is taken as a whole: `inputs` are not merged. @default {} */
  defaults?: Partial<RunDesktopFlowInput>;
  /** Items under way at once, 1 to 500. @default 50 */
  maximumConcurrent?: number;
  /** What a failed item means for those not started yet; 'stop' is `maximumFailures: 0`. @default 'continue' */
  onFailure?: 'continue' | 'stop';
  /** More failed items than this stop the batch, 0 or more. @default none, any number may fail */
  maximumFailures?: number;
  /** Called with `ResultsPage`. @default the result of the batch lists up to 1,000 items, without their outputs */
  results?: ResultsOptions;
}

/** The argument of the activity of `pages`. */
export interface PageRequest {
  /** Null for the first page, then the `nextCursor` of the previous page. */
  cursor: string | null;
  /** The value of `pages.input`. */
  input: unknown;
}

/** The answer of the activity of `pages`. The same cursor must always give the same items in the same order. */
export interface Page {
  /** May be empty. */
  items: BatchItem[];
  /** Up to 10,000 characters; null or left out on the last page. */
  nextCursor?: string | null;
}

/**
 * Largest input, in bytes of JSON as UTF-8. At continue-as-new it shares one payload, of at most 2 MiB, with what the
 * batch knows by then.
 */
const MAX_BATCH_BYTES = 1_500_000;

const MAX_COUNT = 1_000_000_000;

const own = { activity: nonEmpty(1000), taskQueue: z.optional(nonEmpty(1000)) };

const items = z.array(z.custom<BatchItem>(isPlainObject, must('must be an object')), must('must be a list'));

const batchInput = z
  .strictObject({
    items: z.optional(items),
    pages: z.optional(z.strictObject({ ...own, input: z.optional(z.unknown()) }, must('must be {activity}'))),
    defaults: z.optional(z.custom<Partial<RunDesktopFlowInput>>(isPlainObject, must('must be an object'))),
    maximumConcurrent: z._default(wholeNumber(1, 500), 50),
    onFailure: z._default(z.enum(['continue', 'stop'], must("must be 'continue' or 'stop'")), 'continue'),
    maximumFailures: z.optional(wholeNumber(0, MAX_COUNT)),
    results: z.optional(
      z.strictObject({ ...own, pageSize: z._default(wholeNumber(1, 100), 100) }, must('must be {activity}')),
    ),
  })
  .check((payload) => {
    const { items, pages, onFailure, maximumFailures } = payload.value;
    const refuse = (field: string, message: string) =>
      payload.issues.push({ code: 'custom', path: [field], message, input: undefined });
    if (items === undefined && pages === undefined) refuse('items', 'is required, or pages');
    if (items !== undefined && pages !== undefined) refuse('pages', 'does not go with items');
    if (onFailure === 'stop' && maximumFailures !== undefined) {
      refuse('maximumFailures', "does not go with onFailure 'stop', which is the same as 0");
    }
  });

const page = z.strictObject({ items, nextCursor: z.optional(nonEmpty(10_000)) });

/** Returns the schemas. A function, for the reason given in `schema/fields.ts`. */
export function batchSchemas() {
  return { batchInput, page };
}

export type ParsedRunDesktopFlowsInput = z.infer<typeof batchInput>;

export function parseRunDesktopFlowsInput(value: unknown): Parsed<ParsedRunDesktopFlowsInput> {
  const parsed = parse(batchInput, value);
  const problems = [...(parsed.ok ? [] : parsed.problems), ...problemsOfDefaults(value)];
  if (!parsed.ok || problems.length > 0) return { ok: false, problems };
  if (bytesOf(value) > MAX_BATCH_BYTES) return { ok: false, problems: [TOO_LARGE] };
  const { pages } = parsed.value;
  // The contents belong to the activity: a null in it is meant.
  if (pages !== undefined) pages.input = (value as RunDesktopFlowsInput).pages?.input;
  return parsed;
}

const TOO_LARGE: FieldProblem = {
  field: 'input',
  problem: `must not be larger than ${MAX_BATCH_BYTES} bytes of JSON as UTF-8: give the items in pages`,
};

export function parsePage(value: unknown): Parsed<z.infer<typeof page>> {
  return parse(page, value);
}

/** Does not check the items themselves: a wrong item fails by itself. */
function problemsOfDefaults(value: unknown): FieldProblem[] {
  const { defaults } = (value ?? {}) as { defaults?: unknown };
  if (!isPlainObject(defaults)) return [];
  const parsed = parsePartialInput(defaults);
  return parsed.ok
    ? []
    : parsed.problems.map(({ field, problem }) => ({ field: `defaults.${field}`, problem }));
}

/** Returns an item with the defaults filled in. Null means left out. */
export function itemWithDefaults(item: BatchItem, defaults: object | undefined): BatchItem {
  const given = Object.fromEntries(Object.entries(item).filter(([, field]) => field !== null));
  return { ...defaults, ...given };
}
