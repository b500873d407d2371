/**
 * HOST: the calls of `RunDesktopFlow` that take the place of Camunda's connector in a BPMN file, and a report of what became
 * of everything else.
 */

import type { FailureType } from '../common/failure-types';
import { parsePartialInput } from '../common/input';
import { type ConnectorTask, findConnectorTasks } from './connector-tasks';
import { type Diagram, diagramOf } from './diagram';
import type { ReportLine } from './facts';
import { errorPaths, type FailurePath, type FailurePaths } from './failures';
import { type Feel, loadFeelReader, type ReadFeel } from './feel';
import { constantOf, printed } from './feel-values';
import { type Group, groupTasks, tasksOf } from './groups';
import { sayLoop, triesOf } from './job-facts';
import type { ImportedList } from './lists';
import { readBpmn } from './moddle';
import { resultExpressionOf } from './result-expressions';
import { variablesAfter, variablesOutside } from './results';
import { statusBranches } from './status-branches';
import { keptIn } from './translation';
import { type Fields, targetFields, triggerFields, withSecrets } from './trigger-fields';
import { waitsOf } from './waits';
import { type Place, Ways } from './ways';

/** One call of `RunDesktopFlow`. */
export interface ImportedCall {
  /** Of the task that starts the robot, or of the first that waits for it. */
  readonly title: string;
  readonly process: string;
  readonly tasks: readonly { id: string; operation: string }[];
  readonly fields: Fields;
  /** The process variables that the tasks left, as expressions of the result. */
  readonly variables: ReadonlyMap<string, Feel>;
  readonly failures: ReadonlyMap<FailureType, FailurePath>;
  /** Where the process did it for each element of a list. */
  readonly list: ImportedList | undefined;
}

export interface BpmnImport {
  readonly calls: readonly ImportedCall[];
  readonly report: readonly ReportLine[];
}

/** @throws BpmnError for a text that is no BPMN. */
export async function importBpmn(xml: string): Promise<BpmnImport> {
  const { root, warnings } = await readBpmn(xml);
  const read = await loadFeelReader();
  const diagram = diagramOf(root);
  const tasks = findConnectorTasks(diagram, read);
  const ways = new Ways(diagram);
  const groups = groupTasks(tasks, ways, read);
  const [alone, robots] = apart(groups);
  for (const task of alone.flatMap(tasksOf)) sayCancel(task);
  const imported = await Promise.all(robots.map((group) => callOf(group, tasks, ways, read)));
  const report = [
    ...warnings.map((text) => lineOfFile(text)),
    ...imported.flatMap(({ lines }) => lines),
    ...tasks.flatMap(({ ledger }) => ledger.lines()),
  ];
  return {
    calls: imported.map(({ call }) => call),
    report: withoutRepeats([...report, ...leftInProcesses(diagram, report)]),
  };
}

function lineOfFile(text: string): ReportLine {
  return { element: 'the file', name: 'the file', what: 'XML', fate: 'lost', text };
}

/** Tasks of two groups are spoken of twice. */
function withoutRepeats(lines: readonly ReportLine[]): ReportLine[] {
  return [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()];
}

/** Tasks that cancel a robot that nothing here starts or waits for are no call. */
function apart(groups: readonly Group[]): [Group[], Group[]] {
  const isAlone = (group: Group) => tasksOf(group).every(({ operation }) => operation === 'cancel');
  return [groups.filter(isAlone), groups.filter((group) => !isAlone(group))];
}

function sayCancel({ ledger }: ConnectorTask): void {
  ledger.say(
    'the task',
    'check',
    'cancels a robot of elsewhere: cancel its run, or call the activity cancelFlowRun',
  );
}

async function callOf(
  group: Group,
  all: readonly ConnectorTask[],
  ways: Ways,
  read: ReadFeel,
): Promise<{ call: ImportedCall; lines: ReportLine[] }> {
  const tasks = tasksOf(group);
  const [first] = tasks;
  if (!first) throw new Error('a group has a task');
  const branches = statusBranches(group, all, ways, read);
  const waits = waitsOf(group, branches, ways, read);
  const own = group.trigger ? triggerFields(group.trigger) : adoptFields(first);
  for (const task of tasks.filter((one) => one !== (group.trigger ?? first))) sayFollower(task, own);
  const answering = tasks.filter(({ operation }) => operation !== 'cancel');
  const variables = new Map(
    answering.flatMap((task) => [
      ...variablesOutside(variablesAfter(task, read), placesOf(task, group), ways, read),
    ]),
  );
  const failures: FailurePaths = new Map(
    tasks.flatMap((task) => [...errorPaths(task, placesOf(task, group), ways, read)]),
  );
  for (const task of tasks) {
    sayLoop(task);
    sayVariables(task);
    for (const [name, feel] of variablesAfter(task, read)) sayVariable(name, feel, task);
  }
  const fields = withSecrets(
    new Map([
      ...own,
      ...waits.fields,
      ...tasks.flatMap((task) => [...triesOf(task)]),
      ...(await resultExpressionOf(answering)),
    ]),
    first,
  );
  for (const [name, feel] of fields) sayKept(name, feel, first);
  const call = {
    title: first.element.name,
    process: first.element.process,
    tasks: tasks.map(({ element, operation }) => ({ id: element.id, operation })),
    fields,
    variables,
    failures: new Map([...branches.failures, ...failures]),
    list: waits.list,
  };
  return { call, lines: [...waits.lines, ...problemsOf(fields, first), ...hints(group, first)] };
}

function placesOf({ element }: ConnectorTask, { places }: Group): Place[] {
  return places.filter((place) => place.element === element);
}

function adoptFields(task: ConnectorTask): Fields {
  const fields = targetFields(task);
  if (task.id) fields.set('flowSessionId', task.id.value);
  for (const name of task.id?.from ?? []) task.ledger.sayIfThere(`input ${name}`, 'mapped', 'flowSessionId');
  return fields;
}

/** The calls of one robot go to one organization, as one application user. */
function sayFollower(task: ConnectorTask, own: Fields): void {
  const { ledger, id } = task;
  const same = new Map(targetFields(task));
  for (const name of ['organizationUri', 'authentication']) {
    const [mine, theirs] = [same.get(name), own.get(name)];
    if (JSON.stringify(mine) !== JSON.stringify(theirs)) {
      ledger.say(
        name,
        'check',
        `differs from that of the task that starts the robot, whose ${name} the call has`,
      );
    }
  }
  for (const name of id?.from ?? []) {
    ledger.sayIfThere(`input ${name}`, 'covered', 'the run knows the robot that it has started');
  }
}

function sayVariables({ ledger, operation }: ConnectorTask): void {
  if (operation === 'cancel') {
    for (const { what } of ledger.facts.filter((one) => /^(header result|output )/.test(one.what))) {
      ledger.say(what, 'check', 'the run stops its robot by itself: nothing is left of this answer');
    }
    return;
  }
  const what = operation === 'outputs' ? 'outputs' : 'the result';
  ledger.sayIfThere(
    'header resultVariable',
    'mapped',
    `made from ${what} of the run, among the variables of the call`,
  );
  ledger.sayIfThere(
    'header resultExpression',
    'mapped',
    `made from ${what} of the run, among the variables of the call`,
  );
  for (const fact of ledger.facts.filter((one) => one.what.startsWith('output '))) {
    ledger.say(fact.what, 'mapped', 'among the variables of the call');
  }
}

function sayVariable(name: string, feel: Feel, { ledger }: ConnectorTask): void {
  for (const kept of keptIn(name, feel)) {
    ledger.say(
      `variable ${name}`,
      'check',
      `is not among the results of the module, its FEEL stays: ${printed(kept.feel)}`,
    );
  }
}

function sayKept(name: string, feel: Feel, { ledger }: ConnectorTask): void {
  for (const { path, feel: one } of keptIn(name, feel)) {
    const source = printed(one);
    ledger.say(path.join('.'), 'check', `its FEEL is not translated, the caller gives the value: ${source}`);
  }
}

/** What the worker would say of the fields that are constant. */
function problemsOf(fields: Fields, { element }: ConnectorTask): ReportLine[] {
  const constants = [...fields].flatMap(([name, feel]) => {
    const value = constantOf(feel);
    return value === undefined || name === 'flowSessionId' ? [] : [[name, value] as const];
  });
  const parsed = parsePartialInput(Object.fromEntries(constants));
  const required = fields.has('flowSessionId') ? [] : ['flowId', 'connectionName', 'runMode'];
  const missing = required
    .filter((name) => !fields.has(name))
    .map((name) => ({ field: name, problem: 'is missing' }));
  const wrong = parsed.ok ? [] : parsed.problems;
  return [...wrong, ...missing].map(({ field, problem }) => ({
    element: element.id,
    name: element.name,
    what: field,
    fate: 'check',
    text: problem,
  }));
}

function hints({ trigger, followers }: Group, { element }: ConnectorTask): ReportLine[] {
  const line = (what: string, text: string): ReportLine => ({
    element: element.id,
    name: element.name,
    what,
    fate: 'check',
    text,
  });
  if (!trigger)
    return [
      line('the call', 'no task of the file starts this robot: the call waits for one by its flowSessionId'),
    ];
  const waits = followers.some(({ operation }) => operation !== 'cancel');
  return [
    ...(waits
      ? []
      : [
          line(
            'the call',
            'the process did not wait for the robot: start it with `start` where you do not either',
          ),
        ]),
    line(
      'onCancel',
      'a process that is cancelled leaves the robot running; a run that is cancelled stops it, unless onCancel is "leave"',
    ),
  ];
}

/** The rest of each process, which stays where it is. */
function leftInProcesses({ processes, elements }: Diagram, told: readonly ReportLine[]): ReportLine[] {
  const isTold = new Set(told.map(({ element }) => element));
  return processes.flatMap(({ id, name }) => {
    const left = [...elements.values()].filter((one) => one.process === id && !isTold.has(one.id));
    const named = left.map((one) => (one.name === one.id ? one.id : `${one.id} (${one.name})`));
    if (left.length === 0) return [];
    const text = `not imported: ${named.join(', ')}`;
    return [{ element: id, name, what: 'Process', fate: 'lost' as const, text }];
  });
}
