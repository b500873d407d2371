/** BPMN with one task, made from what a test wants in it. */

export interface TaskParts {
  id?: string;
  name?: string;
  /** Each `[attribute, value]`, with its prefix. */
  attributes?: readonly (readonly [string, string])[];
  inputs?: readonly (readonly [string, string])[];
  outputs?: readonly (readonly [string, string])[];
  headers?: readonly (readonly [string, string])[];
  properties?: readonly (readonly [string, string])[];
  retries?: string;
  /** XML within the extension elements. */
  extensions?: string;
  /** XML within the task. */
  inner?: string;
}

export function escaped(text: string): string {
  return text.replaceAll(
    /[^\x20-\x7e]|[&<>"']/gu,
    (character) => `&#x${(character.codePointAt(0) ?? 0).toString(16)};`,
  );
}

const all = (
  parts: readonly (readonly [string, string])[] = [],
  write: (name: string, value: string) => string,
) => parts.map(([name, value]) => write(escaped(name), escaped(value))).join('');

export function taskXml({ id = 'Task', name = 'A task', ...parts }: TaskParts): string {
  const attributes = parts.attributes?.map(([key, value]) => ` ${key}="${escaped(value)}"`).join('') ?? '';
  const inputs = all(
    parts.inputs,
    (target, source) => `<zeebe:input source="${source}" target="${target}"/>`,
  );
  const outputs = all(
    parts.outputs,
    (target, source) => `<zeebe:output source="${source}" target="${target}"/>`,
  );
  const headers = all(parts.headers, (key, value) => `<zeebe:header key="${key}" value="${value}"/>`);
  const properties = all(
    parts.properties,
    (key, value) => `<zeebe:property name="${key}" value="${value}"/>`,
  );
  const retries = parts.retries === undefined ? '' : ` retries="${escaped(parts.retries)}"`;
  return `<bpmn:serviceTask id="${id}" name="${escaped(name)}"${attributes}>
  ${parts.inner ?? ''}
  <bpmn:extensionElements>
    <zeebe:taskDefinition type="io.camunda:http-json:1"${retries}/>
    <zeebe:ioMapping>${inputs}${outputs}</zeebe:ioMapping>
    <zeebe:taskHeaders>${headers}</zeebe:taskHeaders>
    <zeebe:properties>${properties}</zeebe:properties>
    ${parts.extensions ?? ''}
  </bpmn:extensionElements>
</bpmn:serviceTask>`;
}

export function fileXml(process: string, roots = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:acme="http://acme.example/1"
  id="Definitions" targetNamespace="http://acme.example">
  ${roots}
  <bpmn:process id="Process" isExecutable="true">${process}</bpmn:process>
</bpmn:definitions>`;
}

export const FLOW_ID = 'd9687093-d0c0-ec11-983e-0022480b428a';

const ORGANIZATION = 'https://contoso.crm4.dynamics.com';

/** What a trigger by hand has at least. */
export const TRIGGER_INPUTS: readonly (readonly [string, string])[] = [
  ['method', 'POST'],
  ['url', `${ORGANIZATION}/api/data/v9.2/workflows(${FLOW_ID})/Microsoft.Dynamics.CRM.RunDesktopFlow`],
];

/** FEEL, or a text as it is. */
export function triggerXml(body: string, parts: TaskParts = {}): string {
  return taskXml({ ...parts, inputs: [...TRIGGER_INPUTS, ...(parts.inputs ?? []), ['body', body]] });
}

export function bodyOf(fields: Record<string, string>): string {
  const entries = Object.entries({ runMode: '"unattended"', connectionName: '"c"', ...fields });
  return `={${entries.map(([name, feel]) => `"${name}": ${feel}`).join(', ')}}`;
}

/** Tasks, gateways and events in a row of flows; a flow may have a condition: `A->B =x = 1`. */
export function flowsXml(...flows: string[]): string {
  return flows
    .map((flow, index) => {
      const [, from = '', to = '', condition] = /^(\w+)->(\w+)(?: (=.*))?$/.exec(flow) ?? [];
      const inner =
        condition === undefined
          ? ''
          : `<bpmn:conditionExpression>${escaped(condition)}</bpmn:conditionExpression>`;
      return `<bpmn:sequenceFlow id="Flow${index}${from}" sourceRef="${from}" targetRef="${to}">${inner}</bpmn:sequenceFlow>`;
    })
    .join('');
}

const SESSIONS = `="${ORGANIZATION}/api/data/v9.2/flowsessions(" + `;

/** A task that starts a robot, and leaves its flow session in a variable. */
export function startXml(id: string, session: string): string {
  const headers = [['resultExpression', `={${session}: response.body.flowsessionId}`]] as const;
  return triggerXml(bodyOf({}), { id, name: id, headers });
}

export function statusXml(id: string, session: string): string {
  const headers = [['resultExpression', '={statusCode: response.body.statuscode}']] as const;
  const inputs = [
    ['method', 'GET'],
    ['url', `${SESSIONS}${session} + ")"`],
  ] as const;
  return taskXml({ id, name: id, inputs, headers });
}

export function outputsXml(id: string, session: string): string {
  const headers = [['resultExpression', '={outputs: response.body}']] as const;
  const inputs = [
    ['method', 'GET'],
    ['url', `${SESSIONS}${session} + ")/outputs/$value"`],
  ] as const;
  return taskXml({ id, name: id, inputs, headers });
}

export function timerXml(
  id: string,
  duration: string,
  element = 'intermediateCatchEvent',
  more = '',
): string {
  const timer = `<bpmn:timerEventDefinition><bpmn:timeDuration>${escaped(duration)}</bpmn:timeDuration></bpmn:timerEventDefinition>`;
  return `<bpmn:${element} id="${id}"${more}>${timer}</bpmn:${element}>`;
}
