/** Processes of the tests with limits that are soon over, or with a list: each with a flow of its own. */
import type { FlowDefinition } from '../../src/testing/emulator';
import { processText } from './processes';

export interface LimitedProcess {
  name: string;
  file: string;
  /** Of the function that is called, without `execute`. */
  call: string;
  flow: FlowDefinition;
  /** What is other than in the file: each has to be in it. */
  changes: readonly (readonly [string, string])[];
}

const MESSAGE = '<bpmn:messageEventDefinition id="OrderWithdrawn_Message" messageRef="Withdrawn" />';
const TWO_SECONDS =
  '<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT2S</bpmn:timeDuration></bpmn:timerEventDefinition>';
const TO_CANCEL = '<bpmn:sequenceFlow id="f3" sourceRef="OrderWithdrawn" targetRef="StopRobot" />';

function limited(
  last: number,
  name: string,
  [file, call]: readonly [string, string],
  flow: Partial<FlowDefinition>,
  changes: LimitedProcess['changes'],
): LimitedProcess {
  return { name, file, call, flow: { id: idOf(last), name, ...flow }, changes };
}

const idOf = (last: number) => `5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4f0${last}`;

const ARCHIVE = ['template-v3.bpmn', 'ArchiveDocument'] as const;
const ORDERS = ['list-and-cancel.bpmn', 'BookOrder'] as const;
const EACH_ORDER = ['list-and-cancel.bpmn', 'BookOrderForEach'] as const;
const LONG = { duration: '10m' };
const BOOKED = { duration: '1s', result: { Booking: 'K-{{inputs.Order}}' } };

export const LIMITED: readonly LimitedProcess[] = [
  limited(1, 'deadlineLeaves', ARCHIVE, LONG, [['PT2H', 'PT2S']]),
  limited(2, 'deadlineStops', ORDERS, LONG, [[MESSAGE, TWO_SECONDS]]),
  limited(3, 'triesAgain', ARCHIVE, { duration: 0, ends: ['Faulted', 'Faulted', 'Succeeded'] }, [
    ['PT5S', 'PT1S'],
  ]),
  limited(4, 'cancelStops', ORDERS, LONG, []),
  limited(5, 'cancelLeaves', ORDERS, LONG, [[TO_CANCEL, TO_CANCEL.replace('StopRobot', 'Stopped')]]),
  limited(6, 'atOnce', EACH_ORDER, BOOKED, []),
  limited(7, 'inTurn', EACH_ORDER, BOOKED, [
    [
      '<bpmn:multiInstanceLoopCharacteristics>',
      '<bpmn:multiInstanceLoopCharacteristics isSequential="true">',
    ],
  ]),
];

export function limitedText({ file, flow, name, changes }: LimitedProcess, organizationUri: string): string {
  const text = processText(file, organizationUri);
  const own = text
    .replaceAll(/5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4e0\d/g, flow.id)
    // A machine of its own: a robot that is left keeps others in the queue.
    .replace(
      /(?<="connectionName": ")orders|(?<=source=")archive(?=" target="connectionName")/,
      `limited-${name}`,
    );
  return changes.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
    return before.replace(from, to);
  }, own);
}
