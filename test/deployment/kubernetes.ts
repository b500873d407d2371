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
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
}

/** Of operators, which bring their own. */
const FOREIGN = ['keda.sh/v1alpha1', 'monitoring.coreos.com/v1'];

export class Kubernetes {
  readonly #ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  readonly #names = new Map<string, string>();

  constructor({ definitions }: { definitions: Record<string, object> }) {
    for (const [name, schema] of Object.entries(definitions as Record<string, Schema>)) {
      for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
        this.#names.set(`${group ? `${group}/` : ''}${version} ${kind}`, name);
      }
    }
    this.#ajv.addSchema({ $id: 'kubernetes', definitions: strict(definitions as Record<string, Schema>) });
  }

  problemsOf(object: KubernetesObject): string[] {
    if (FOREIGN.includes(object.apiVersion)) return [];
    const name = this.#names.get(`${object.apiVersion} ${object.kind}`);
    const validate = name && (this.#ajv.getSchema(`kubernetes#/definitions/${name}`) as ValidateFunction);
    if (!validate) return [`there is no ${object.kind} of ${object.apiVersion}`];
    validate(object);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }
}

/** Refuses fields that are not named, and takes the two types that OpenAPI 2 cannot say. */
function strict(definitions: Record<string, Schema>): Record<string, Schema> {
  const all = Object.entries(definitions).map(([name, schema]): [string, Schema] => {
    if (name.endsWith('.IntOrString') || name.endsWith('.Quantity'))
      return [name, { type: ['string', 'number'] }];
    return [name, schema.properties ? { ...schema, additionalProperties: false } : schema];
  });
  return Object.fromEntries(all);
}
