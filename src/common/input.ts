/** SHARED: may run anywhere. The one argument of the workflow `RunDesktopFlow`. On the wire. */
import * as z from 'zod/mini';
import type { DataverseTarget, TriggerFlowRunInput } from './activities';
import { type FlowRunRetryOptions, type PollOptions, poll, retry } from './backoff';
import { guid, targetFields, triggerFields } from './fields';
import { type Parsed, parse } from './parse';

/** What a caller writes. Every field that has a default may be left out, or be null. */
export interface RunDesktopFlowInput extends TriggerFlowRunInput {
  poll?: PollOptions;
  retry?: FlowRunRetryOptions;
}

const runDesktopFlowInput = z.strictObject({
  ...triggerFields,
  poll: z.prefault(poll, {}),
  retry: z.prefault(retry, {}),
  resultExpression: z.optional(z.never('is not supported yet: map the outputs in the calling workflow')),
});
const triggerFlowRunInput = z.strictObject(triggerFields);
const flowSessionInput = z.strictObject({ ...targetFields, flowSessionId: guid });

/** An input with its defaults filled in, ids in lower case and durations in milliseconds. */
export type ParsedRunDesktopFlowInput = z.infer<typeof runDesktopFlowInput>;
export type ParsedTriggerFlowRunInput = z.infer<typeof triggerFlowRunInput>;
export type ParsedFlowSessionInput = z.infer<typeof flowSessionInput>;

export function parseRunDesktopFlowInput(value: unknown): Parsed<ParsedRunDesktopFlowInput> {
  return parse(runDesktopFlowInput, value);
}

export function parseTriggerFlowRunInput(value: unknown): Parsed<ParsedTriggerFlowRunInput> {
  return parse(triggerFlowRunInput, value);
}

export function parseFlowSessionInput(value: unknown): Parsed<ParsedFlowSessionInput> {
  return parse(flowSessionInput, value);
}

/** The part of an input that says which organization, and as whom. */
export function targetOf({ organizationUri, authentication }: DataverseTarget): DataverseTarget {
  return { ...(organizationUri && { organizationUri }), ...(authentication && { authentication }) };
}
