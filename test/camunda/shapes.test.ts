/** Processes of many shapes: which tasks are one robot, and what the elements around them come to. */
import { importBpmn } from '../../src/camunda/import-bpmn';
import { writeJson } from '../../src/camunda/json';
import {
  bodyOf,
  fileXml,
  flowsXml,
  outputsXml,
  startXml,
  statusXml,
  TRIGGER_INPUTS,
  taskXml,
  timerXml,
} from './xml';

async function read(process: string, roots = '') {
  const imported = await importBpmn(fileXml(process, roots));
  const { calls } = JSON.parse(writeJson(imported));
  const tasks = calls.map((call: { tasks: { id: string }[] }) => call.tasks.map(({ id }) => id).join(' '));
  const said = (element: string) =>
    imported.report.filter((line) => line.element === element).map(({ fate, text }) => `${fate}: ${text}`);
  return { calls, tasks, said };
}

const START = '<bpmn:startEvent id="S"/>';
const gateway = (id: string, more = '') => `<bpmn:exclusiveGateway id="${id}"${more}/>`;

describe('tasks of one robot', () => {
  it('are told apart by their variables where two robots run beside each other', async () => {
    const { tasks } = await read(
      `${START}<bpmn:parallelGateway id="G"/>${startXml('T1', 'a')}${startXml('T2', 'b')}` +
        `<bpmn:parallelGateway id="J"/>${outputsXml('O2', 'b')}${outputsXml('O1', 'a')}` +
        flowsXml('S->G', 'G->T1', 'G->T2', 'T1->J', 'T2->J', 'J->O2', 'O2->O1'),
    );
    expect(tasks).toEqual(['T1 O1', 'T2 O2']);
  });

  it('are those after the trigger, where a second one takes over the variable', async () => {
    const { tasks } = await read(
      `${START}${startXml('T1', 'a')}${outputsXml('O1', 'a')}${startXml('T2', 'a')}${outputsXml('O2', 'a')}` +
        flowsXml('S->T1', 'T1->O1', 'O1->T2', 'T2->O2'),
    );
    expect(tasks).toEqual(['T1 O1', 'T2 O2']);
  });

  it('belong to both triggers, where two ways come together before them', async () => {
    const { tasks } = await read(
      `${START}${gateway('G')}${startXml('T1', 'a')}${startXml('T2', 'a')}${outputsXml('O', 'a')}` +
        flowsXml('S->G', 'G->T1 =x = 1', 'G->T2 =x = 2', 'T1->O', 'T2->O'),
    );
    expect(tasks).toEqual(['T1 O', 'T2 O']);
  });

  it('are joined by the way alone where a script has made the variable, and the report says so', async () => {
    const { tasks, said } = await read(
      `${START}${startXml('T', 'a')}<bpmn:scriptTask id="C"/>${outputsXml('O', 'other')}` +
        flowsXml('S->T', 'T->C', 'C->O'),
    );
    expect(tasks).toEqual(['T O']);
    expect(said('O').join()).toContain('its variable is not seen to come from T');
    expect(said('C').join()).toContain('check: lay between the tasks of the call');
  });

  it('are found in a process that calls itself, and in one that nobody calls', async () => {
    const { tasks } = await read(
      `${START}${startXml('T', 'a')}<bpmn:callActivity id="Again"><bpmn:extensionElements>` +
        `<zeebe:calledElement processId="Process"/></bpmn:extensionElements></bpmn:callActivity>` +
        `${outputsXml('O', 'a')}${flowsXml('S->T', 'T->Again')}`,
    );
    expect(tasks).toEqual(['T', 'O']);
  });

  it('are asked for by a filter, or below an address that a variable holds', async () => {
    const url =
      '="https://contoso.crm4.dynamics.com/api/data/v9.2/flowsessions?$select=statuscode&$filter=flowsessionid eq " + a';
    const { tasks, calls, said } = await read(
      `${START}${taskXml({
        id: 'T',
        inputs: [
          ['url', '=api + "/workflows(" + flow + ")/Microsoft.Dynamics.CRM.RunDesktopFlow"'],
          ['body', bodyOf({})],
        ],
        headers: [['resultExpression', '={a: response.body.flowsessionId}']],
      })}${taskXml({ id: 'A', inputs: [['url', url]] })}${flowsXml('S->T', 'T->A')}`,
    );
    expect(tasks).toEqual(['T A']);
    expect(calls[0].input).not.toHaveProperty('organizationUri');
    expect(calls[0].expressions).toEqual({ flowId: '=flow' });
    expect(said('T').join()).toContain('set organizationUri by hand');
  });

  it.each([
    'https://example.com/workflows(1)/Microsoft.Dynamics.CRM.RunDesktopFlow',
    'https://contoso.crm4.dynamics.com/api/data/v9.2/workflows(1)',
    'https://contoso.crm4.dynamics.com/api/data/v9.2/flowsessions',
  ])('are not those of another address: %s', async (url) => {
    expect((await read(taskXml({ inputs: [['url', url]] }))).tasks).toEqual([]);
  });
});

describe('a gateway on the status', () => {
  const around = (conditions: string[], more = '') =>
    `${START}${startXml('T', 'a')}${timerXml('W', 'PT1M')}${statusXml('A', 'a')}${gateway('G', more)}` +
    `${outputsXml('O', 'a')}<bpmn:endEvent id="Bad"/><bpmn:userTask id="U"/>` +
    flowsXml('S->T', 'T->W', 'W->A', 'A->G', ...conditions);

  it('without a loop gives up on a robot that has not ended: the report says so', async () => {
    const { calls, said } = await read(around(['G->O =statusCode = 4', 'G->Bad'], ' default="Flow5G"'));
    expect(Object.keys(calls[0].failures)).toHaveLength(9);
    expect(said('G').join()).toContain(
      'check: NotSpecified, Paused, Running, Waiting, Suspended: went on to Bad',
    );
  });

  it('that goes back to the trigger by itself is a retry; by a person it is none', async () => {
    const back = await read(
      around(['G->O =statusCode = 4', 'G->T =statusCode >= 8 and statusCode <= 10', 'G->W']),
    );
    expect(back.calls[0].input.retry).toEqual({
      maximumAttempts: 100,
      initialInterval: '1ms',
      maximumInterval: '1ms',
      backoffCoefficient: 1,
      statuses: ['Failed', 'Faulted', 'TimedOut'],
    });
    const person = await read(around(['G->O =statusCode = 4', 'G->U =statusCode = 8', 'G->W', 'U->T']));
    expect(person.calls[0].input.retry).toEqual({ maximumAttempts: 1 });
    expect(person.calls[0].failures).toEqual({ DesktopFlowFailed: { goesTo: 'U' } });
  });

  it('belongs to the robot whose status was asked for last', async () => {
    const robot = (n: number) =>
      `${startXml(`T${n}`, `v${n}`)}${statusXml(`A${n}`, `v${n}`)}${gateway(`G${n}`)}` +
      `${outputsXml(`O${n}`, `v${n}`)}<bpmn:endEvent id="Bad${n}"/>` +
      flowsXml(
        `T${n}->A${n}`,
        `A${n}->G${n}`,
        `G${n}->O${n} =statusCode = 4`,
        `G${n}->Bad${n} =statusCode = ${n + 8}`,
      );
    const { calls } = await read(`${START}${robot(0)}${robot(1)}${flowsXml('S->T0', 'O0->T1')}`);
    expect(calls.map(({ failures }: { failures: object }) => failures)).toEqual([
      { DesktopFlowFailed: { goesTo: 'Bad0' } },
      { DesktopFlowFaulted: { goesTo: 'Bad1' } },
    ]);
  });

  it('on something else is left alone', async () => {
    const { calls, said } = await read(around(['G->O =amount > 5', 'G->W =amount < 5']));
    expect(calls[0].failures).toEqual({});
    expect(said('G')).toEqual(['covered: part of the wait, which the run does by itself']);
  });
});

describe('a timer', () => {
  const within = (subprocess: string, outside: string) =>
    `${START}<bpmn:subProcess id="P"><bpmn:startEvent id="I"/>${startXml('T', 'a')}${outputsXml('O', 'a')}` +
    `${flowsXml('I->T', 'T->O')}${subprocess}</bpmn:subProcess>${outside}${flowsXml('S->P')}`;

  it.each([
    ['PT2H', '2h'],
    ['PT90M', '90m'],
    ['P1DT12H', '36h'],
    ['P1W', '7d'],
    ['="PT5M"', '5m'],
    ['=duration("PT5M")', '5m'],
  ])('around the tasks is the deadline: %s', async (duration, deadline) => {
    const { calls, said } = await read(
      within('', timerXml('B', duration, 'boundaryEvent', ' attachedToRef="P"')),
    );
    expect(calls[0].input).toMatchObject({ deadline, onDeadline: 'leave' });
    expect(said('B').join()).toContain('mapped: deadline');
  });

  it.each([['P1M'], ['=limit'], ['PT0S'], ['tomorrow'], ['P2Y']])(
    'that is no fixed duration of a deadline is told: %s',
    async (duration) => {
      const { calls, said } = await read(
        within('', timerXml('B', duration, 'boundaryEvent', ' attachedToRef="P"')),
      );
      expect(calls[0].input).not.toHaveProperty('deadline');
      expect(said('B').join()).toContain('check: deadline: is no fixed duration');
    },
  );

  it('that interrupts nothing has no counterpart; of two that do, the shorter counts', async () => {
    const reminder = timerXml('R', 'PT1H', 'boundaryEvent', ' attachedToRef="P" cancelActivity="false"');
    const long = timerXml('L', 'P2D', 'boundaryEvent', ' attachedToRef="P"');
    const short = timerXml('B', 'P1D', 'boundaryEvent', ' attachedToRef="P"');
    const { calls, said } = await read(within('', `${reminder}${short}${long}`));
    expect(calls[0].input.deadline).toBe('1d');
    expect([said('R').join().slice(0, 5), said('L').join()]).toEqual([
      'lost:',
      expect.stringContaining('longer than another deadline'),
    ]);
  });

  it('that starts an event subprocess is the deadline too', async () => {
    const start = timerXml('E', 'PT3H', 'startEvent');
    const event = `<bpmn:subProcess id="Late" triggeredByEvent="true">${start}</bpmn:subProcess>`;
    expect((await read(within(event, ''))).calls[0].input.deadline).toBe('3h');
    const ofProcess = await read(within('', event));
    expect(ofProcess.calls[0].input.deadline).toBe('3h');
    expect(ofProcess.said('E').join()).toContain(
      'check: deadline and onDeadline, counted from the start of the run',
    );
  });
});

it('reads a file of 1,100 elements in seconds', async () => {
  const parts = Array.from({ length: 100 }, (_, n) => {
    const next = n === 99 ? [] : [`O${n}->T${n + 1}`];
    return (
      `${startXml(`T${n}`, `v${n}`)}${timerXml(`W${n}`, 'PT1M')}${statusXml(`A${n}`, `v${n}`)}${gateway(`G${n}`)}` +
      outputsXml(`O${n}`, `v${n}`) +
      flowsXml(
        `T${n}->W${n}`,
        `W${n}->A${n}`,
        `A${n}->G${n}`,
        `G${n}->O${n} =statusCode = 4`,
        `G${n}->W${n}`,
        ...next,
      )
    );
  });
  const begun = Date.now();
  const { tasks } = await read(`${START}${parts.join('')}${flowsXml('S->T0')}`);
  expect(tasks).toHaveLength(100);
  expect(tasks[99]).toBe('T99 A99 O99');
  expect(Date.now() - begun).toBeLessThan(30_000);
}, 60_000);

it('finds the tasks of a file without prefixes, of several processes in a collaboration', async () => {
  const [, url] = TRIGGER_INPUTS[1] ?? [];
  const task = (id: string) => `<serviceTask id="${id}"><extensionElements>
    <ioMapping xmlns="http://camunda.org/schema/zeebe/1.0">
      <input target="url" source="${url}"/><input target="body" source='{"runMode": "attended", "connectionName": "c"}'/>
    </ioMapping></extensionElements></serviceTask>`;
  const xml = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D">
    <collaboration id="C"><participant id="A" processRef="P1"/><participant id="B" processRef="P2"/></collaboration>
    <process id="P1">${task('T1')}</process><process id="P2">${task('T2')}</process></definitions>`;
  const { calls } = await importBpmn(xml);
  expect(calls.map(({ process, title }) => `${process} ${title}`)).toEqual(['P1 T1', 'P2 T2']);
});
