/** HOST: the Nexus endpoint, by which other namespaces reach the worker: a name of the whole cluster. */
import type { OperatorService } from '@temporalio/client';

/** A namespace and the task queue of the workers in it, by the name that callers know. */
export interface Endpoint {
  endpoint: string;
  namespace: string;
  taskQueue: string;
}

const DESCRIPTION = 'Runs Power Automate desktop flows: the Nexus service DesktopFlows';

/** Creates it, or has it point to the target; says what was done. */
export async function ensureEndpoint(
  operator: OperatorService,
  target: Endpoint,
): Promise<'created' | 'updated' | 'unchanged'> {
  const { endpoint: name, namespace, taskQueue } = target;
  const existing = await describeEndpoint(operator, name);
  const worker = { namespace, taskQueue };
  if (!existing) {
    const description = { data: Buffer.from(JSON.stringify(DESCRIPTION)), metadata: JSON_ENCODING };
    await operator.createNexusEndpoint({ spec: { name, target: { worker }, description } });
    return 'created';
  }
  const { id, version, spec } = existing;
  const current = spec?.target?.worker;
  if (current?.namespace === namespace && current.taskQueue === taskQueue) return 'unchanged';
  await operator.updateNexusEndpoint({ id, version, spec: { ...spec, target: { worker } } });
  return 'updated';
}

const JSON_ENCODING = { encoding: Buffer.from('json/plain') };

/** Undefined where there is none of this name. */
export async function describeEndpoint(operator: OperatorService, name: string) {
  const { endpoints } = await operator.listNexusEndpoints({ name });
  return endpoints.find(({ spec }) => spec?.name === name);
}
