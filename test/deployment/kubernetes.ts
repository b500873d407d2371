/** What is wrong with objects of Kubernetes, by its own schemas: unknown fields too, as its server refuses them when asked to. */
import Ajv, { type ValidateFunction } from 'ajv';

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  // biome-ignore lint/suspicious/noExplicitAny: tests look at single fields
  spec?: any;
}

interface Schema {
  [keyword: string]: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
}

/** Of an operator: a kind of object that it brings, in some versions. */
interface CustomResource {
  spec: {
    group: string;
    names: { kind: string };
    versions: { name: string; schema: { openAPIV3Schema: Schema } }[];
  };
}

export class Kubernetes {
  readonly #ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  /** The schema of each kind, by its version and name. */
  readonly #kinds = new Map<string, string>();

  constructor(
    { definitions }: { definitions: Record<string, object> },
    customResources: readonly CustomResource[],
  ) {
    for (const [name, schema] of Object.entries(definitions as Record<string, Schema>)) {
      for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
        this.#kinds.set(`${group ? `${group}/` : ''}${version} ${kind}`, `kubernetes#/definitions/${name}`);
      }
    }
    this.#ajv.addSchema({ $id: 'kubernetes', definitions: strict(definitions as Record<string, Schema>) });
    for (const { spec } of customResources) {
      for (const { name, schema } of spec.versions) {
        const kind = `${spec.group}/${name} ${spec.names.kind}`;
        this.#kinds.set(kind, kind);
        this.#ajv.addSchema(strictWithin(schema.openAPIV3Schema), kind);
      }
    }
  }

  problemsOf(object: KubernetesObject): string[] {
    const kind = this.#kinds.get(`${object.apiVersion} ${object.kind}`);
    const validate = kind && (this.#ajv.getSchema(kind) as ValidateFunction);
    if (!validate) return [`there is no ${object.kind} of ${object.apiVersion}`];
    validate(object);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }
}

/** Takes the two types that OpenAPI 2 cannot say. */
function strict(definitions: Record<string, Schema>): Record<string, Schema> {
  const all = Object.entries(definitions).map(([name, schema]): [string, Schema] => {
    if (name.endsWith('.IntOrString') || name.endsWith('.Quantity'))
      return [name, { type: ['string', 'number'] }];
    return [name, strictWithin(schema)];
  });
  return Object.fromEntries(all);
}

/** Refuses fields that are not named, wherever the schema names some, unless it is left open. */
function strictWithin(schema: Schema): Schema {
  const { properties, items, additionalProperties } = schema;
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true;
  return {
    ...schema,
    ...(items && { items: strictWithin(items) }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: strictWithin(additionalProperties),
    }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, strictWithin(property)]),
      ),
      additionalProperties: isOpen,
    }),
  };
}
