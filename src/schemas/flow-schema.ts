/**
 * HOST: the schema of a flow's inputs or outputs, read from the document that Dataverse has of it (Microsoft: "Work with
 * desktop flows using code"). Documented are the types `string` and `number`, and that `default` is a text for both.
 */
import { isPlainObject } from '../common/schema/parse';

/** One input or output of a desktop flow. */
export interface FlowParameter {
  /** As inputs and outputs write it. */
  name: string;
  /** `string`, `number`, or another one that is not documented. */
  type: string;
  title: string;
  description: string;
  /** As the schema writes it, a text for a number too; unset without one. */
  default?: string;
  /** Whether a run must give it. */
  isRequired: boolean;
}

/** The document is none that is known. */
export class FlowSchemaError extends Error {
  override readonly name = 'FlowSchemaError';
}

/** Of a parameter whose type is no text. */
const NO_TYPE = 'unknown';

/**
 * @param document as `DataverseClient.getFlowSchemas` answers it; null where the flow has no schema, and so no parameters.
 * @throws FlowSchemaError
 */
export function readFlowSchema(document: unknown): FlowParameter[] {
  if (document === null || document === undefined) return [];
  const { schema, properties, required } = partsOf(document);
  if (schema && (properties === null || properties === undefined)) return [];
  if (!isPlainObject(properties)) {
    throw new FlowSchemaError('a schema must have the form {"schema": {"type": "object", "properties": {}}}');
  }
  // Not documented: such a list can make an input optional, and none required that has a default.
  const listed = Array.isArray(required) ? new Set<unknown>(required) : undefined;
  return Object.entries(properties).map(([name, property]) => {
    const { type, title, description, default: value } = isPlainObject(property) ? property : {};
    const written = defaultOf(value);
    return {
      name,
      type: typeof type === 'string' && type !== '' ? type : NO_TYPE,
      title: textOf(title),
      description: textOf(description),
      ...(written !== undefined && { default: written }),
      isRequired: written === undefined && (listed === undefined || listed.has(name)),
    };
  });
}

function partsOf(document: unknown): { schema?: boolean; properties?: unknown; required?: unknown } {
  if (!isPlainObject(document)) return {};
  return isPlainObject(document.schema) ? { schema: true, ...document.schema } : document;
}

/** An empty text is what Dataverse writes for none. */
function defaultOf(value: unknown): string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
