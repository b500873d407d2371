/** HOST: an explanation as lines, for a person at a terminal. */
import type { FlowRunExplanation, LoggedAction } from '../common/explanation';

const LABEL_WIDTH = 12;

type Part = string | false | null | undefined;

export function explanationText(explanation: FlowRunExplanation): string {
  const { flowSessionId, status, statusCode, flow, error, log, machine, timing, licenseCheck, links } =
    explanation;
  const action = explanation.failedAction ?? explanation.lastAction;
  const rows: [label: string, lines: Part[]][] = [
    ['Run', [flowSessionId]],
    ['Status', [status && `${status} (${statusCode})`]],
    ['Flow', [flow && [flow.name, flow.flowId].filter(Boolean).join(', ')]],
    [
      'Error',
      [
        error && [error.code, error.subCode].filter(Boolean).join('/'),
        error?.message,
        error?.details,
        error?.innerError,
      ],
    ],
    ['Meaning', [error?.meaning, error?.action]],
    [explanation.failedAction ? 'Failed' : 'Last action', action ? actionLines(action) : []],
    [
      'Log',
      [log.because ?? `${log.actions} actions, from ${log.source}${log.isPartial ? ', the latest' : ''}`],
    ],
    [
      'Queue',
      (explanation.queueEvents ?? []).map(({ type, on, data }) =>
        [on, type, data && JSON.stringify(data)].filter(Boolean).join(' '),
      ),
    ],
    [
      'Machine',
      [
        machine?.name ?? machine?.machineId,
        machine?.lastHeartbeatOn && `last heard of at ${machine.lastHeartbeatOn}`,
        machine?.error,
        machine?.because,
      ],
    ],
    [
      'Time',
      [
        timing && timeOf(timing),
        timing &&
          `created ${timing.createdOn}, started ${timing.startedOn ?? 'never'}, ended ${timing.completedOn ?? 'not yet'}`,
      ],
    ],
    ['Licence', [licenseCheck && [licenseCheck.code, licenseCheck.message].filter(Boolean).join(': ')]],
    ['Portal', [links?.run, links?.flow]],
    ['Left out', [explanation.leftOut?.join(', ')]],
  ];
  const lines = rows.flatMap(([label, parts]) => block(label, parts));
  return `${explanation.summary}\n\n${lines.join('\n')}\n`;
}

function block(label: string, parts: Part[]): string[] {
  const lines = parts.flatMap((part) => (part ? part.split(/\r?\n/) : []));
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(LABEL_WIDTH)} ${line}`.trimEnd());
}

function actionLines({ name, subflow, index, status, text, startedOn, fields }: LoggedAction): Part[] {
  const where = [
    subflow && `subflow ${subflow}`,
    index !== undefined && `action ${index}`,
    status,
    startedOn,
  ];
  return [[name ?? 'without a name', ...where].filter(Boolean).join(', '), text, JSON.stringify(fields)];
}

function timeOf({
  queueSeconds,
  executionSeconds,
  basis,
}: NonNullable<FlowRunExplanation['timing']>): string {
  const queue = queueSeconds === undefined ? '' : `${queueSeconds} s in the queue`;
  const execution = executionSeconds === undefined ? '' : `${executionSeconds} s on the machine`;
  const known = [queue, execution].filter(Boolean).join(', ');
  return basis === 'times' && known !== '' ? `${known}, by the row's times` : known;
}
