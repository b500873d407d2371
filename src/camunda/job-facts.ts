/** HOST: what a task says about its job, its request and its answer, besides what it sends. */
import type { ConnectorTask } from './connector-tasks';
import { isoDurationMs, writtenDuration } from './durations';
import type { Fate } from './facts';
import { type Feel, literalOf } from './feel';
import type { Fields } from './trigger-fields';

/** How long a run tries Dataverse where nothing is said. */
const DEFAULT_TRIES_MS = 86_400_000;
const LONGEST_TRIES_MS = 30 * 86_400_000;

/** Zeebe's default. */
const DEFAULT_RETRIES = 3;

const PLAIN: [string, Fate, string][] = [
  ['header elementTemplateVersion', 'covered', 'version of the template'],
  ['header elementTemplateId', 'covered', 'the template'],
  [
    'input connectionTimeoutInSeconds',
    'covered',
    'POWER_AUTOMATE_REQUEST_TIMEOUT of the worker limits each request',
  ],
  [
    'input readTimeoutInSeconds',
    'covered',
    'POWER_AUTOMATE_REQUEST_TIMEOUT of the worker limits each request',
  ],
  [
    'input writeTimeoutInSeconds',
    'covered',
    'POWER_AUTOMATE_REQUEST_TIMEOUT of the worker limits each request',
  ],
  ['header jobTimeout', 'covered', 'a worker that dies is noticed by its heartbeats; no field is needed'],
  ['input queryParameters', 'covered', 'the worker asks for what it needs'],
  ['input ignoreNullValues', 'covered', 'the worker sends no null'],
];

/** The time in which a job was tried again, where the run's own is shorter. */
export function triesOf({ ledger }: ConnectorTask): Fields {
  for (const [what, fate, text] of PLAIN) ledger.sayIfThere(what, fate, text);
  const written = ledger.value('task definition retries');
  const backoff = ledger.value('header retryBackoff');
  const retries = written === undefined ? DEFAULT_RETRIES : Number(written);
  const pauseMs = backoff === undefined ? 0 : isoDurationMs(backoff);
  const facts = ['task definition retries', 'header retryBackoff'];
  if (!Number.isFinite(retries) || pauseMs === undefined) {
    for (const fact of facts) {
      ledger.sayIfThere(
        fact,
        'check',
        'is no fixed value: the run tries again for scheduleToCloseTimeout, a day',
      );
    }
    return new Map();
  }
  const neededMs = Math.min(retries * pauseMs, LONGEST_TRIES_MS);
  const fields = new Map<string, Feel>();
  if (neededMs > DEFAULT_TRIES_MS) fields.set('scheduleToCloseTimeout', literalOf(writtenDuration(neededMs)));
  const text =
    neededMs > DEFAULT_TRIES_MS
      ? 'scheduleToCloseTimeout: the time of all retries'
      : 'scheduleToCloseTimeout: the run tries a request again for a day, which is longer; then it fails, where a job left an incident';
  for (const fact of facts) ledger.sayIfThere(fact, neededMs > DEFAULT_TRIES_MS ? 'mapped' : 'covered', text);
  return fields;
}

/** A task for each element of a list: one call each. */
export function sayLoop({ ledger }: ConnectorTask): void {
  const text =
    'one robot for each element of the list: call it for each, or use the workflow RunDesktopFlows';
  for (const { what, value } of ledger.facts.filter((fact) => /loop characteristics/.test(fact.what))) {
    ledger.say(what, 'check', `${text}: ${JSON.stringify(value)}`);
  }
}
