/**
 * HOST, development only: reads the parameters of RunDesktopFlow. Microsoft documents their types, values and limits
 * (webapi/reference/rundesktopflow), but not the answers to a request that breaks them.
 */
import * as z from 'zod';
import { type UnverifiedCase, UnverifiedRefusal } from '../odata/answers';
import type { Call } from './call';

const DEFAULT_TIMEOUT_S = 10_800;
const MAX_TIMEOUT_S = 86_400;

const bodySchema = z.strictObject({
  runMode: z.enum(['attended', 'unattended']),
  connectionName: z.string().min(1),
  connectionType: z.union([z.literal(1), z.literal(2)]).default(1),
  runPriority: z.string().default('normal'),
  timeout: z.int().min(1).max(MAX_TIMEOUT_S).default(DEFAULT_TIMEOUT_S),
  inputs: z.string().optional(),
  callbackUrl: z.string().optional(),
});

export type TriggerBody = z.output<typeof bodySchema>;

export function readTriggerBody(call: Call): TriggerBody {
  const fields = withoutNulls(parseBody(call));
  for (const name of ['runMode', 'connectionName']) {
    if (!Object.hasOwn(fields, name)) {
      throw new UnverifiedRefusal('missingParameter', `The parameter '${name}' is required.`);
    }
  }
  const parsed = bodySchema.safeParse(fields);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const reason: UnverifiedCase = issue?.code === 'unrecognized_keys' ? 'unknownParameter' : 'badParameter';
    throw new UnverifiedRefusal(reason, `${issue?.path.join('.') ?? ''} ${issue?.message}`.trim());
  }
  checkInputsText(parsed.data.inputs, call.world.settings.limits.inputsBytes);
  return parsed.data;
}

function parseBody({ headers, body }: Call): object {
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) {
    throw new UnverifiedRefusal('contentType', 'A request with a body needs Content-Type: application/json.');
  }
  const parsed = parseJson(body.toString('utf8'));
  if (!isObject(parsed)) {
    throw new UnverifiedRefusal('malformedBody', 'The body of the request is not a JSON object.');
  }
  return parsed;
}

function checkInputsText(inputs: string | undefined, maxBytes: number): void {
  if (inputs === undefined) return;
  if (Buffer.byteLength(inputs) > maxBytes) {
    throw new UnverifiedRefusal('inputsTooLarge', `The inputs are larger than ${maxBytes} bytes.`);
  }
  if (!isObject(parseJson(inputs))) {
    throw new UnverifiedRefusal('badParameter', 'The inputs are not the text of a JSON object.');
  }
}

/** Leaves out nulls: optional parameters are nullable in the metadata. */
function withoutNulls(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
