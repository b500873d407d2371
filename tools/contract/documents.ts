/** The files of `schema/`, as texts. */
import { stringify } from 'yaml';
import { inputDefinitions, type JsonSchema, mapSchema, refTo, resultDefinitions, withNulls } from './schemas';

export interface Descriptions {
  ofType(type: string): string | undefined;
  ofField(type: string, field: string): string | undefined;
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

type Definitions = Record<string, JsonSchema>;

const mapValues = (definitions: Definitions, change: (schema: JsonSchema, name: string) => JsonSchema) =>
  Object.fromEntries(Object.entries(definitions).map(([name, schema]) => [name, change(schema, name)]));

/** By file name. */
export function documents(descriptions: Descriptions): Record<string, string> {
  const described = (definitions: Definitions) =>
    mapValues(definitions, (schema, name) => withDescriptions(schema, name, descriptions));
  const inputs = described(inputDefinitions());
  const results = described(resultDefinitions());
  const schema = {
    $schema: DIALECT,
    title: 'temporal-power-automate',
    description:
      'What goes to the workflows, activities and messages of temporal-power-automate, and what comes back. Made by npm run schema:accept.',
    $defs: { ...mapValues(inputs, withNulls), ...results },
  };
  return {
    'desktop-flow.schema.json': `${JSON.stringify(schema, null, 2)}\n`,
    'desktop-flow.nexusrpc.yaml': stringify(nexusDocument(inputs, results, descriptions), {
      lineWidth: 0,
      aliasDuplicateObjects: false,
    }),
  };
}

function withDescriptions(schema: JsonSchema, type: string, descriptions: Descriptions): JsonSchema {
  const known = type.replace(/^Partial/, '');
  const own = descriptions.ofType(known);
  const { properties, ...rest } = schema;
  return {
    ...(own !== undefined && { description: own }),
    ...rest,
    ...(properties && {
      properties: mapValues(properties, (field, name) => {
        const description = descriptions.ofField(known, name);
        return description === undefined ? field : { description, ...field };
      }),
    }),
  };
}

/** The service `DesktopFlows`, in what `nexgen` takes of JSON Schema: one spelling where callers have several. */
function nexusDocument(inputs: Definitions, results: Definitions, descriptions: Descriptions) {
  const operation = (name: string) => ({
    input: refTo(`${name}OperationInput`),
    output: refTo(`${name}Result`),
  });
  const definitions = { ...operationInputs(inputs, descriptions), ...results };
  return {
    nexusrpc: '1.0.0',
    $schema: DIALECT,
    services: {
      DesktopFlows: {
        description: 'Runs Power Automate desktop flows. Cancelling an operation stops its robots.',
        operations: {
          runDesktopFlow: operation('RunDesktopFlow'),
          runDesktopFlows: operation('RunDesktopFlows'),
        },
      },
    },
    $defs: mapValues(reachable(definitions, ['RunDesktopFlow', 'RunDesktopFlows']), (schema) =>
      mapSchema(schema, canonical),
    ),
  };
}

function operationInputs(inputs: Definitions, descriptions: Descriptions): Definitions {
  const { RunDesktopFlowInput, AdoptFlowRunInput, RunDesktopFlowsInput, PartialRunDesktopFlowInput } =
    inputs as Record<string, Required<JsonSchema>>;
  const properties = { ...AdoptFlowRunInput?.properties, ...RunDesktopFlowInput?.properties };
  const workflowId: JsonSchema = {
    description: descriptions.ofField('NexusWorkflowId', 'workflowId') ?? '',
    type: 'string',
    minLength: 1,
    maxLength: 1000,
  };
  const required = RunDesktopFlowInput?.required ?? [];
  const open = { type: 'object', additionalProperties: false };
  const batch = { ...RunDesktopFlowsInput?.properties, items: { type: 'array', items: refTo('BatchItem') } };
  return {
    ...inputs,
    RunDesktopFlowOperationInput: {
      ...open,
      description:
        'Either flowId, connectionName and runMode, to start a robot, or the flowSessionId of one.',
      properties: { ...properties, workflowId },
      minProperties: 1,
      dependentRequired: Object.fromEntries(
        required.map((name) => [name, required.filter((other) => other !== name)]),
      ),
    },
    RunDesktopFlowsOperationInput: {
      ...open,
      description: 'Either items or pages.',
      properties: { ...batch, workflowId },
    },
    BatchItem: {
      ...open,
      description: "As RunDesktopFlow's; the batch's defaults fill in what it leaves out.",
      properties,
    },
    PartialRunDesktopFlowInput: { ...PartialRunDesktopFlowInput, description: 'Values for all items.' },
  };
}

/** What the operations are made of, and no more. */
function reachable(definitions: Definitions, operations: string[]): Definitions {
  const names = new Set<string>();
  const visit = (name: string) => {
    if (names.has(name)) return;
    names.add(name);
    mapSchema(definitions[name] ?? {}, (schema) => {
      if (schema.$ref !== undefined) visit(schema.$ref.replace('#/$defs/', ''));
      return schema;
    });
  };
  for (const name of operations) for (const side of ['OperationInput', 'Result']) visit(`${name}${side}`);
  return Object.fromEntries([...names].sort().map((name) => [name, definitions[name] as JsonSchema]));
}

/** Durations as texts, inputs as an object, null as nexgen knows it, no default that is not a scalar. */
function canonical({ anyOf, default: fallback, ...schema }: JsonSchema): JsonSchema {
  // With more beside it, a reference would be a type of its own.
  if (schema.$ref !== undefined) return { $ref: schema.$ref };
  const branches = anyOf ?? [];
  const canBeNull = branches.some(({ type }) => type === 'null');
  const [first] = branches.filter(({ type }) => type !== 'null');
  const shapes = ['type', 'oneOf', 'enum', 'const'];
  const isAny = branches.length === 0 && !shapes.some((keyword) => keyword in schema);
  const type = isAny ? 'object' : Array.isArray(schema.type) ? schema.type[0] : schema.type;
  const isOpen = type === 'object' && schema.properties === undefined;
  return {
    ...schema,
    ...(type !== undefined && { type }),
    ...(isOpen && { additionalProperties: true, propertyNames: undefined }),
    ...(schema.const === true && { const: undefined, type: 'boolean' }),
    ...(canBeNull ? { oneOf: [first as JsonSchema, { type: 'null' }] } : first),
    ...(typeof fallback !== 'object' && fallback !== undefined && { default: fallback }),
  };
}
