/**
 * HOST, development only: the flows file: what the emulated environment holds. Every field is documented where it is
 * declared.
 *
 * Output templates: a string that is exactly one `{{inputs.X}}` takes over the input with its type; in a longer string
 * the input is inserted as text.
 */
import * as z from 'zod';
import { FLOW_RUN_STATUSES, type FlowRunStatus } from '../../../common/status';
import { durationSchema } from './duration';
import { validate } from './validate';

/** Maximum size of a File column of `flowsession` in bytes: 32 MiB (Microsoft: entities/flowsession). */
const FILE_COLUMN_BYTES = 32 * 1024 * 1024;

/** A status by name, or any code, even one that Dataverse does not document yet. */
export const statusSchema = z
  .union(
    [
      z.enum(FLOW_RUN_STATUSES as readonly [FlowRunStatus, ...FlowRunStatus[]]),
      z.int().min(0).max(2_147_483_647),
    ],
    { error: `must be a status code or one of ${FLOW_RUN_STATUSES.join(', ')}` },
  )
  .transform((status) => (typeof status === 'number' ? status : FLOW_RUN_STATUSES.indexOf(status)));

const endObject = z.strictObject({
  /** Status in which the run ends; in a status that is not final ('Paused', 42) it stays. */
  status: statusSchema,
  /** Column `errorcode`, e.g. 'AttendedUserNotLoggedIn'. */
  errorCode: z.string().optional(),
  /** Column `errormessage`. @default Microsoft's text for the code, where it is published */
  errorMessage: z.string().optional(),
  /** Column `errordetails`. @default none */
  errorDetails: z.string().optional(),
  /** Column `errorinnererror`. @default none */
  errorInnerError: z.string().optional(),
  /** How long this run takes. @default the flow's `duration` */
  duration: durationSchema.optional(),
});

const endSchema = z.preprocess((end) => (isObject(end) ? end : { status: end }), endObject);

const property = z.preprocess(
  (type) => (typeof type === 'string' ? { type } : type),
  z.strictObject({
    /** The names that Microsoft's samples show, and 'boolean'. */
    type: z.enum(['string', 'number', 'boolean']),
    description: z.string().default(''),
    /** A string even for a number, as in Dataverse's schema documents. @default '' */
    default: z.string().default(''),
  }),
);

const properties = z.record(z.string().min(1), property);

/** Types of the entries of `flowlog` about the queue, by their values (Microsoft: entities/flowlog). */
export const QUEUE_EVENTS = {
  DesktopFlowRunQueuePriorityChanged: 100_000_002,
  DesktopFlowRunQueued: 100_000_003,
  DesktopFlowRunQueueAssigned: 100_000_004,
  DesktopFlowRunQueueAssignFailed: 100_000_005,
  DesktopFlowRunQueueRunConfirmed: 100_000_006,
  DesktopFlowRunQueueRunCompleted: 100_000_007,
} as const;

const queueEvent = z.strictObject({
  type: z.enum(Object.keys(QUEUE_EVENTS) as [keyof typeof QUEUE_EVENTS]),
  /** Column `data`, as JSON; its fields are not documented. @default {} */
  data: z.record(z.string(), z.json()).default({}),
});

const actionLogSchema = z.strictObject({
  /**
   * Where it is kept: 'v1', the file `additionalcontext` of the run; 'v2', rows of the table `flowlog`; or 'both'
   * (Microsoft: configure-desktop-flow-logs). @default 'v1'
   */
  version: z.enum(['v1', 'v2', 'both']).default('v1'),
  /**
   * One object for each action, the oldest first, just as the log has it: Microsoft documents none of its fields. Strings
   * are templates, like those of `result`. A row of `flowlog` has the level Error where the field `status` says so.
   */
  actions: z.array(z.record(z.string(), z.json())).default([]),
  /** The file as raw text instead, for text that is not JSON. */
  text: z.string().optional(),
  /** What happened in the queue: rows of `flowlog`. Dataverse has them for runs of cloud flows alone. @default [] */
  queueEvents: z.array(queueEvent).default([]),
  /** Whether runs that succeeded leave one too; false is Microsoft's setting "On run failure". @default true */
  ofSuccess: z.boolean().default(true),
  /** How long after its end a run's log can be read; not documented. @default 0 */
  delay: durationSchema.default(0),
});

const flowSchema = z
  .strictObject({
    id: z.guid('must be a GUID').transform((id) => id.toLowerCase()),
    name: z.string().min(1),
    /** A cloud flow is in the same table, and no robot can run it. @default 'desktop' */
    category: z.enum(['desktop', 'cloud']).default('desktop'),
    /** A draft is invisible without the header MSCRM.IncludeUnpublished. @default true */
    published: z.boolean().default(true),
    /** Suspended by a data-loss-prevention policy. @default false */
    suspended: z.boolean().default(false),
    /** How long a run takes on the machine. @default '2s' */
    duration: durationSchema.default(2000),
    /** The schema's inputs: name to 'string', 'number', 'boolean' or `{type, description, default}`. @default {} */
    inputs: properties.default({}),
    /** The schema's outputs, written like `inputs`. @default {} */
    outputs: properties.default({}),
    /**
     * How runs end: one end for all, or a list of which the n-th run takes the n-th and the last repeats. Runs are
     * counted per distinct text of `inputs`, so a second attempt for one invoice is the second whatever else runs.
     * @default 'Succeeded'
     */
    ends: z
      .preprocess((ends) => (Array.isArray(ends) ? ends : [ends]), z.array(endSchema).min(1))
      .default([{ status: FLOW_RUN_STATUSES.indexOf('Succeeded') }]),
    /** Outputs of a successful run: an object with templates. A run without any of the three has no outputs file. */
    result: z.record(z.string(), z.json()).optional(),
    /** Outputs as raw text with templates, for text that is not JSON. */
    resultText: z.string().optional(),
    /** Outputs of exactly this many bytes: a JSON object with one long string. */
    resultSize: z.int().min(20).max(FILE_COLUMN_BYTES).optional(),
    /** The log of actions that a run leaves when it has ended. @default none */
    actionLog: actionLogSchema.optional(),
  })
  .refine(
    (flow) => [flow.result, flow.resultText, flow.resultSize].filter((x) => x !== undefined).length <= 1,
    {
      error: 'give only one of result, resultText and resultSize',
    },
  );

const machineSchema = z.strictObject({
  name: z.string().min(1),
  /** Names of the connections that lead to this machine; several machines with one connection are a group. */
  connections: z.array(z.string().min(1)).min(1),
  /** Run modes that the machine takes. @default 'any' */
  mode: z.enum(['attended', 'unattended', 'any']).default('any'),
  /** How many runs at one time: Windows 10/11 has one session, Windows Server several. @default 1 */
  sessions: z.int().min(1).default(1),
  /** Whether the machine is online; runs wait for one that is not. @default true */
  online: z.boolean().default(true),
  /** How long ago it was last heard of; how often machines report is not documented. @default 0; 24 h if not online */
  silentFor: durationSchema.optional(),
  /** Column `agentversion`. @default none */
  agentVersion: z.string().optional(),
});

const flowsFileSchema = z.strictObject({
  flows: z.array(flowSchema).refine((flows) => new Set(flows.map((flow) => flow.id)).size === flows.length, {
    error: 'two flows have the same id',
  }),
  /** Without this list every connection name is accepted and has one machine of its own. */
  machines: z.array(machineSchema).min(1).optional(),
  /** Maps the logical names of connection references to names of connections, for connectionType 2. @default {} */
  connectionReferences: z.record(z.string(), z.string()).default({}),
});

export type FlowDefinition = z.input<typeof flowSchema>;
export type FlowsFile = z.input<typeof flowsFileSchema>;
export type Flow = z.output<typeof flowSchema>;
export type End = z.output<typeof endObject>;
export type MachineDefinition = z.output<typeof machineSchema>;
export type Environment = z.output<typeof flowsFileSchema>;

export function parseFlowsFile(file: unknown): Environment {
  return validate(flowsFileSchema, file, 'The flows file');
}

export function parseFlow(flow: unknown): Flow {
  return validate(flowSchema, flow, 'The flow');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
