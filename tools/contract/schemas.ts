/** The contract as JSON Schema 2020-12: every input, result, failure detail and message, by the name of its type. */
import * as z from 'zod/mini';
import { backoffFields } from '../../src/common/backoff';
import { batchSchemas } from '../../src/common/batch';
import { inputSchemas } from '../../src/common/input';
import { inputFields, schemaFacts } from '../../src/common/schema/fields';
import { RESULTS } from './results';

export interface JsonSchema {
  [keyword: string]: unknown;
  $ref?: string;
  type?: string | string[];
  description?: string;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  minimum?: number;
  maximum?: number;
  not?: unknown;
}

/** What the schema of an input says once it is asked what it is optional, has a default, or is a pipe of. */
function inside(schema: z.ZodMiniType): z.ZodMiniType {
  const { innerType } = schema._zod.def as { innerType?: z.ZodMiniType };
  return innerType === undefined ? schema : inside(innerType);
}

function inputs(): Record<string, z.ZodMiniType> {
  const { startInput, adoptInput, partialInput, ...ofActivities } = inputSchemas();
  const { batchInput, page } = batchSchemas();
  const { poll, retry, watch } = backoffFields();
  const { authentication } = inputFields().targetFields;
  const [bearer, oauth] = (inside(authentication) as z.ZodMiniDiscriminatedUnion<z.ZodMiniType[]>)._zod.def
    .options as [z.ZodMiniType, z.ZodMiniType];
  return {
    RunDesktopFlowInput: startInput,
    AdoptFlowRunInput: adoptInput,
    PartialRunDesktopFlowInput: partialInput,
    RunDesktopFlowsInput: batchInput,
    PagesOptions: inside(batchInput.shape.pages),
    ResultsOptions: inside(batchInput.shape.results),
    Page: page,
    TriggerFlowRunInput: ofActivities.triggerFlowRunInput,
    GetFlowRunStatusInput: ofActivities.getFlowRunStatusInput,
    GetFlowOutputsInput: ofActivities.getFlowOutputsInput,
    ExplainFlowRunInput: ofActivities.explainFlowRunInput,
    FlowSessionInput: ofActivities.flowSessionInput,
    PollOptions: poll,
    FlowRunRetryOptions: retry,
    Backoff: watch,
    Authentication: inside(authentication),
    BearerAuthentication: bearer,
    OAuthAuthentication: oauth,
  };
}

export const refTo = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });

const item: JsonSchema = { anyOf: [refTo('PartialRunDesktopFlowInput'), refTo('AdoptFlowRunInput')] };

/** Written as a caller of any language may: null where a field is left out. */
export function inputDefinitions(): Record<string, JsonSchema> {
  const definitions = definitionsOf(inputs());
  const { properties: batch } = definitions.RunDesktopFlowsInput as Required<JsonSchema>;
  // Its own schema leaves the items to the runs: a wrong one fails by itself.
  Object.assign(batch, { defaults: refTo('PartialRunDesktopFlowInput') });
  for (const { properties } of [definitions.RunDesktopFlowsInput, definitions.Page] as JsonSchema[]) {
    Object.assign(properties ?? {}, { items: { type: 'array', items: item } });
  }
  const argument = { anyOf: [refTo('RunDesktopFlowInput'), refTo('AdoptFlowRunInput')] };
  return { RunDesktopFlowArgument: argument, ...definitions };
}

/** Not closed: a newer version may answer more. */
export function resultDefinitions(): Record<string, JsonSchema> {
  return definitionsOf(RESULTS);
}

function definitionsOf(named: Record<string, z.ZodMiniType>): Record<string, JsonSchema> {
  const facts = schemaFacts();
  const registry = z.registry<Record<string, unknown>>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { ...facts.get(schema), id });
  const { schemas } = z.toJSONSchema(registry as never, {
    io: 'input',
    unrepresentable: 'any',
    uri: (id: string) => refTo(id).$ref as string,
    override: ({ zodSchema, jsonSchema }) => void Object.assign(jsonSchema, facts.get(zodSchema as never)),
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, cleaned(schema as JsonSchema)]),
  );
}

/** Without what names the whole document, without fields that may not be given, without limits that every number has. */
function cleaned(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, ({ $schema, $id, properties, minimum, maximum, ...rest }) => ({
    ...rest,
    ...(minimum !== undefined && minimum !== Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER && { maximum }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).filter(([, field]) => field.not === undefined),
      ),
    }),
  }));
}

/** Applies the change to a schema, after those in it. */
export function mapSchema(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const each = (list: JsonSchema[]) => list.map((one) => mapSchema(one, change));
  const { properties, items, anyOf, oneOf } = schema;
  return change({
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, field]) => [name, mapSchema(field, change)]),
      ),
    }),
    ...(items && { items: mapSchema(items, change) }),
    ...(anyOf && { anyOf: each(anyOf) }),
    ...(oneOf && { oneOf: each(oneOf) }),
  });
}

/** Null beside each field that may be left out, because some languages write it so. */
export function withNulls(definition: JsonSchema): JsonSchema {
  return mapSchema(definition, (schema) => {
    const { properties, required = [] } = schema;
    if (properties === undefined) return schema;
    const entries = Object.entries(properties).map(([name, field]) => [
      name,
      required.includes(name) ? field : orNull(field),
    ]);
    return { ...schema, properties: Object.fromEntries(entries) };
  });
}

function orNull({ default: fallback, description, ...schema }: JsonSchema): JsonSchema {
  return {
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
    ...(Object.keys(schema).length > 0 && { anyOf: [...(schema.anyOf ?? [schema]), { type: 'null' }] }),
  };
}
