/**
 * HOST: the tasks of a process that call Dataverse for desktop flows: those of Camunda's Power Automate connector, of
 * templates that were made from it, and of any other connector that calls the same addresses.
 */
import { type Address, addressOf, type Operation } from './addresses';
import type { Diagram, DiagramElement } from './diagram';
import type { Feel, ReadFeel } from './feel';
import { resolveWithOrigins, type Scope, type ScopeValue } from './feel-values';
import { Ledger } from './ledger';
import { mappingsOf, textOf } from './moddle';

/** In all of its published versions, 1 to 4. */
const TEMPLATE_ID = 'io.camunda.connectors.PowerAutomate.v1';

export interface ConnectorTask {
  readonly element: DiagramElement;
  readonly operation: Operation;
  readonly ledger: Ledger;
  /** What is known of the inputs, by their targets, each with the inputs before it in its place. */
  readonly scope: Scope;
  /** The inputs as they are written. */
  readonly inputs: ReadonlyMap<string, Feel>;
  readonly organizationUri: ScopeValue | undefined;
  /** Of a trigger the flow's id, of others the flow session's. */
  readonly id: ScopeValue | undefined;
}

const OPERATIONS: Record<string, Operation> = {
  triggerFlowRun: 'trigger',
  getStatusOfFlowRun: 'status',
  getFlowOutputs: 'outputs',
};

const LABELS: Record<Operation, string> = {
  trigger: 'starts a robot',
  status: 'asks for the status of a robot',
  outputs: 'fetches the outputs of a robot',
  cancel: 'cancels a robot',
};

export function findConnectorTasks({ elements }: Diagram, read: ReadFeel): ConnectorTask[] {
  return [...elements.values()].flatMap((element) => taskOf(element, read) ?? []);
}

function taskOf(element: DiagramElement, read: ReadFeel): ConnectorTask | undefined {
  const inputs = inputsOf(element, read);
  const scope = scopeOf(inputs);
  const template = textOf(element.node, 'modelerTemplate');
  const url = inputs.get('url');
  const address = url && addressOf(url, scope);
  const operationType = scope.get('operationType')?.value;
  const named = operationType?.kind === 'literal' ? OPERATIONS[String(operationType.value)] : undefined;
  const isOfTemplate = template === TEMPLATE_ID || (named !== undefined && inputs.has('organizationUri'));
  const operation = address?.operation ?? (isOfTemplate ? named : undefined);
  if (operation === undefined) return undefined;

  const ledger = new Ledger(element);
  const own = scope.get(operation === 'trigger' ? 'workflowId' : 'flowSessionId');
  const task = {
    element,
    operation,
    ledger,
    scope,
    inputs,
    organizationUri: address?.organizationUri ?? scope.get('organizationUri'),
    id: address?.id ?? own,
  };
  sayHowItIsKnown(task, template);
  if (address) sayAddress(task, address);
  return task;
}

function sayHowItIsKnown({ ledger, operation }: ConnectorTask, template: string | undefined): void {
  const does = LABELS[operation];
  const version = ledger.value('modelerTemplateVersion');
  if (template === TEMPLATE_ID) {
    ledger.say(
      'modelerTemplate',
      'covered',
      `the Power Automate connector, version ${version ?? 'unknown'}: ${does}`,
    );
  } else if (template !== undefined) {
    ledger.say('modelerTemplate', 'covered', `another template, known by its inputs and address: ${does}`);
  } else ledger.say('the task', 'covered', `a task without a template, known by its address: ${does}`);
  ledger.sayIfThere('modelerTemplateVersion', 'covered', 'version of the template');
  ledger.sayIfThere('modelerTemplateIcon', 'covered', 'a picture for the modeler');
  ledger.sayIfThere('id', 'covered', 'the name of the task in this report');
  ledger.sayIfThere('name', 'covered', 'in the comment of the call');
  ledger.sayIfThere(
    'task definition type',
    'covered',
    'the worker of the connector; RunDesktopFlow takes its place',
  );
  ledger.sayIfThere('input operationType', 'covered', does);
}

function inputsOf({ node }: DiagramElement, read: ReadFeel): Map<string, Feel> {
  const mappings = mappingsOf(node, 'inputParameters');
  return new Map(mappings.map((one) => [String(one.target ?? ''), read(String(one.source ?? ''))]));
}

/** Zeebe takes the inputs in their order, and each sees those before it. */
function scopeOf(inputs: ReadonlyMap<string, Feel>): Map<string, ScopeValue> {
  const scope = new Map<string, ScopeValue>();
  for (const [target, source] of inputs) {
    const { value, from } = resolveWithOrigins(source, scope);
    scope.set(target, { value, from: new Set([...from, target]) });
  }
  return scope;
}

function sayAddress({ ledger, operation }: ConnectorTask, { organizationUri, query }: Address): void {
  const idField = operation === 'trigger' ? 'flowId' : 'flowSessionId';
  if (organizationUri) {
    const fate = operation === 'trigger' ? 'mapped' : 'covered';
    ledger.say('input url', fate, `its parts are organizationUri and ${idField}`);
  } else {
    const text = `${idField} is in the call; before it is more than an organization URI: set organizationUri by hand`;
    ledger.say('input url', 'check', text);
  }
  ledger.sayIfThere('input method', 'covered', 'the method of the request');
  for (const name of organizationUri?.from ?? []) {
    ledger.sayIfThere(`input ${name}`, 'mapped', 'organizationUri');
  }
  if (query.replaceAll('…', '') !== '') {
    ledger.say('the query of the url', 'covered', `the worker asks for what it needs: ${query}`);
  }
}
