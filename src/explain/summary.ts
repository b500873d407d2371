/** HOST: an explanation in some sentences, for a person. */
import { type FlowRunExplanation, type LoggedAction, MAX_SUMMARY_LENGTH } from '../common/explanation';
import { badEnd, isTerminal } from '../common/status';
import { shortened } from './clean';

const LONGEST_TEXT = 300;

export function summaryOf(explanation: Omit<FlowRunExplanation, 'summary'>): string {
  const { statusCode = 0, status } = explanation;
  if (!isTerminal(statusCode)) return `The run has not ended: it is ${status}.`;
  if (badEnd(statusCode) === undefined) return 'The run succeeded: there is nothing to explain.';
  const sentences = [
    ...actionOf(explanation),
    ...errorOf(explanation),
    ...licenceOf(explanation),
    ...machineOf(explanation),
  ];
  if (sentences.length === 0) sentences.push(`The run ended as ${status}, and Dataverse does not say why`);
  return shortened(
    `${sentences.map((sentence) => sentence.replace(/[.\s]+$/, '')).join('. ')}.`,
    MAX_SUMMARY_LENGTH,
  );
}

function actionOf({ failedAction, lastAction }: Omit<FlowRunExplanation, 'summary'>): string[] {
  if (failedAction)
    return [`${named(failedAction)} failed${failedAction.text ? `: ${short(failedAction.text)}` : ''}`];
  return lastAction ? [`The log marks no action as failed; the last one is ${named(lastAction, 'the')}`] : [];
}

function named({ name, subflow, index }: LoggedAction, article = 'The'): string {
  const where = [subflow && `subflow ${subflow}`, index !== undefined && `action ${index}`].filter(Boolean);
  const what = name
    ? `${article} action "${name}"`
    : `${article === 'The' ? 'An' : 'an'} action without a name`;
  return `${what}${where.length > 0 ? ` (${where.join(', ')})` : ''}`;
}

function errorOf({ error = {}, failedAction }: Omit<FlowRunExplanation, 'summary'>): string[] {
  const { code, subCode, message, meaning, action } = error;
  const codes = [code, subCode].filter(Boolean).join('/');
  const isRepeated =
    message !== undefined && failedAction?.text !== undefined && message.includes(failedAction.text);
  const said = [codes, isRepeated ? '' : short(message ?? '')].filter(Boolean).join(': ');
  return [said, meaning ?? '', action ?? ''].filter(Boolean);
}

/** A row without a start may be of a run that nobody could carry out. */
function machineOf({ machine, timing }: Omit<FlowRunExplanation, 'summary'>): string[] {
  if (machine?.name) {
    const heard = machine.lastHeartbeatOn ? `, last heard of at ${machine.lastHeartbeatOn}` : '';
    return [`It was on the machine ${machine.name}${heard}`];
  }
  if (machine?.machineId !== undefined || timing === undefined || timing.startedOn !== null) return [];
  return [`It got no machine${timing.queueSeconds === undefined ? '' : `, in ${timing.queueSeconds} s`}`];
}

function licenceOf({ licenseCheck }: Omit<FlowRunExplanation, 'summary'>): string[] {
  if (licenseCheck === undefined || licenseCheck.code === 'ValidLicenseCoverage') return [];
  return [`The licence check failed: ${licenseCheck.code}`];
}

function short(text: string): string {
  return shortened(text.replace(/\s+/g, ' '), LONGEST_TEXT);
}
