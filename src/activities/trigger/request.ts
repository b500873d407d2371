/**
 * HOST: what a trigger sends to Dataverse, with the secrets of its input in it. They are read as late as possible, so that
 * a try takes those of its time, and nobody keeps them: a `Trigger` holds the input as it was written.
 */
import {
  inputsSizeProblem,
  inputsText,
  lengthProblem,
  MAX_CONNECTION_NAME_LENGTH,
} from '../../common/schema/fields';
import { atMost, type FieldProblem, shown } from '../../common/schema/parse';
import { namesIn, withValues } from '../../common/schema/secret-references';
import { callbackUrlProblem } from '../../common/schema/urls';
import type { RunDesktopFlowParameters } from '../../dataverse';
import { invalidInput } from '../support/dataverse-failures';
import { readSecrets, referencesOf, type SecretReference } from '../support/secret-values';
import { mapStrings } from './json-strings';
import type { Trigger } from './trigger';

export interface TriggerRequest {
  parameters: RunDesktopFlowParameters;
  /** The secrets in it: Dataverse may repeat them in an error. */
  secrets: string[];
}

/** @throws ApplicationFailure `InvalidInput`: nothing has been sent then. */
export async function requestOf(trigger: Trigger): Promise<TriggerRequest> {
  const { runMode, runPriority, connectionType, timeout, inputs } = trigger.input;
  const json = inputs === undefined ? undefined : inputsText(inputs);
  const { place, inputs: text, secrets } = await resolve(trigger, json);
  const callbackUrl = place.callbackUrl ?? trigger.url;
  return {
    parameters: {
      runMode,
      runPriority,
      connectionName: place.connectionName,
      connectionType: connectionType === 'connection' ? 1 : 2,
      ...(timeout !== undefined && { timeout }),
      ...(text !== undefined && { inputs: text }),
      ...(callbackUrl !== undefined && { callbackUrl }),
    },
    secrets,
  };
}

/** What a row of Dataverse shows of the request that it comes from. */
export interface Place {
  connectionName: string;
  /** The caller's own. */
  callbackUrl?: string;
}

/** @throws ApplicationFailure `InvalidInput` */
export async function placeOf(trigger: Trigger): Promise<Place> {
  return (await resolve(trigger)).place;
}

interface Resolved {
  place: Place;
  inputs?: string;
  secrets: string[];
}

async function resolve({ input, secrets }: Trigger, inputs?: string): Promise<Resolved> {
  const { connectionName, callbackUrl } = input;
  const references = [
    ...referencesOf('connectionName', connectionName),
    ...referencesOf('callbackUrl', callbackUrl ?? ''),
    ...referencesInJson('inputs', inputs),
  ];
  if (references.length === 0) return { place: { connectionName, callbackUrl }, inputs, secrets: [] };
  const { values, problems } = await readSecrets(references, secrets);
  if (problems.length > 0) throw invalidInput(atMost(problems));
  const place = {
    connectionName: withValues(connectionName, values),
    ...(callbackUrl !== undefined && { callbackUrl: withValues(callbackUrl, values) }),
  };
  const text = inputs && mapStrings(inputs, (value) => withValues(value, values));
  const wrong = problemsOf(place, text);
  if (wrong.length > 0) throw invalidInput(wrong);
  return { place, inputs: text, secrets: [...values.values()] };
}

/** The references in a text of JSON. A brace may be written as an escape. */
function referencesInJson(field: string, json = ''): SecretReference[] {
  if (!json.includes('{{') && !/\\u007b/i.test(json)) return [];
  const found: SecretReference[] = [];
  mapStrings(json, (value, path) => {
    const names = namesIn(value);
    if (names.length > 0) {
      const where = shown([field, ...path()]);
      found.push(...names.map((name) => ({ field: where, name })));
    }
    return value;
  });
  return found;
}

/** What could not be checked before the values were there. The problems hold none of them. */
function problemsOf({ connectionName, callbackUrl }: Place, inputs?: string): FieldProblem[] {
  const checks: [field: string, problem: string | undefined][] = [
    ['connectionName', lengthProblem(connectionName, MAX_CONNECTION_NAME_LENGTH)],
    ['callbackUrl', callbackUrl === undefined ? undefined : callbackUrlProblem(callbackUrl)],
    ['inputs', inputs === undefined ? undefined : inputsSizeProblem(inputs)],
  ];
  return checks.flatMap(([field, problem]) =>
    problem === undefined ? [] : [{ field, problem: `${problem}, with its secrets in it` }],
  );
}
