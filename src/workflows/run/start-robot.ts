/**
 * SANDBOX: starts the robot of one attempt, or takes over one that somebody else has started.
 *
 * A failed trigger is tried again here and not by Temporal. So the run knows at any time whether an earlier try may have
 * started a robot, also when it is cancelled between two tries.
 */
import { CancellationScope, CancelledFailure, patched, sleep } from '@temporalio/workflow';
import type { FindFlowRunInput, RobotIdentity, TriggerFlowRunInput } from '../../common/activities';
import { type Backoff, backoffMs } from '../../common/backoff';
import { bytesOf } from '../../common/batch-result';
import { type ParsedRunDesktopFlowInput, type ParsedStartInput, triggerOf } from '../../common/input';
import { findFlowRun, triggerFlowRun } from '../support/activities';
import {
  awaitsTurn,
  isInDoubt,
  isOutOfTime,
  isPassing,
  refusalOf,
  retryDelayMs,
} from '../support/activity-failures';
import { REPEATED_WAITS_GROW } from '../support/patches';
import { startedRobot } from './counts';
import { attemptLabel, enter, showDetails } from './current-details';
import { robotIdentity } from './robot-identity';
import { showStart, wantsAttributes } from './search-attributes';
import { watchOf } from './shared-polling';
import { startOptions } from './starts-queue';
import { newRobot, type Robot, type RunState } from './state';

/** A day of tries stays within one history. */
const BETWEEN_TRIES: Backoff = { initialInterval: 1000, maximumInterval: 300_000, backoffCoefficient: 2 };

/** Enough for a start whose turn has come. */
const LAST_TURN_MS = 1000;

/** Waits in a row that are as long as Dataverse asks. A day of tries, each a second after the last, is too long. */
const AS_ASKED = 30;

/** A day of tries that carry so much is a megabyte or two of history. */
const LARGE_INPUTS_BYTES = 4096;

/** How long a cancelled run looks for its robot while Dataverse is out of reach. */
const FOUND_WITHIN_MS = 30 * 60_000;

export async function startRobot(input: ParsedRunDesktopFlowInput, run: RunState): Promise<void> {
  if ('flowSessionId' in input) {
    run.robot = newRobot(input.flowSessionId);
    return;
  }
  run.robot = undefined;
  enter(run, 'triggering');
  const askedAt = Date.now();
  const until = askedAt + input.scheduleToCloseTimeout;
  for (let tries = 0, askedFor = 0, turns = 0; run.robot === undefined; ) {
    try {
      run.robot = await tryToStart(input, run, until, tries + askedFor + turns > 0 ? { askedAt } : {});
    } catch (error) {
      if (!isPassing(error)) throw error;
      const asked = retryDelayMs(error);
      if (awaitsTurn(error) && asked !== undefined) {
        turns += 1;
        await untilTurn(turnMs(asked, turns), until, error);
        continue;
      }
      const waitMs = asked === undefined ? backoffMs(BETWEEN_TRIES, tries) : askedMs(asked, askedFor);
      if (asked === undefined) tries += 1;
      else askedFor += 1;
      if (Date.now() + waitMs >= until) throw error;
      // Counted from now: since it was scheduled, the trigger may have waited for its turn.
      run.outOfReachSince ??= Date.now();
      showDetails(run);
      await sleep(waitMs, { summary: 'Until Dataverse may take the trigger' });
    }
  }
  run.outOfReachSince = undefined;
  run.refusal = undefined;
  showStart(input, run);
}

/** A start that is told to come again far more often than it should be does not fill the history. */
function turnMs(asked: number, turns: number): number {
  return turns < AS_ASKED ? asked : Math.max(asked, backoffMs(BETWEEN_TRIES, turns - AS_ASKED));
}

/** No trouble: Dataverse is not out of reach. The last turn is taken just before the time is over. */
async function untilTurn(waitMs: number, until: number, error: unknown): Promise<void> {
  const leftMs = until - Date.now() - LAST_TURN_MS;
  if (leftMs <= 0) throw error;
  await sleep(Math.max(1, Math.min(waitMs, leftMs)), {
    summary: 'Until the connection may start another robot',
  });
}

/** A wait that Dataverse asks for is not a failure, and does not lengthen later ones: not for a while. */
function askedMs(asked: number, before: number): number {
  if (before < AS_ASKED || !patched(REPEATED_WAITS_GROW)) return asked;
  return Math.max(asked, backoffMs(BETWEEN_TRIES, before - AS_ASKED));
}

/** @throws for passing trouble only when it is known that no robot was started. */
async function tryToStart(
  input: ParsedStartInput,
  run: RunState,
  until: number,
  asked: Pick<RobotIdentity, 'askedAt'>,
): Promise<Robot | undefined> {
  const { inputs, checks, sought } = partsOf(input);
  const addressed = { ...sought, ...watchOf(input, run) };
  const trigger = { ...addressed, ...checks, ...inputsOf(inputs, run) };
  const identity = { ...robotIdentity(run, input.onReset), ...asked };
  const scheduledAt = Date.now();
  const summary = `Start the robot, ${attemptLabel(run)}`;
  try {
    const scheduleToStartTimeout = Math.max(1, until - Date.now());
    const options = { summary, scheduleToStartTimeout, ...startOptions(input) };
    const started = await triggerFlowRun.executeWithOptions(options, [trigger, identity]);
    run.licenseCheck = started.licenseCheck;
    run.links = started.links ?? run.links;
    run.showsAttributes = wantsAttributes(run, started.searchAttributes);
    return startedRobot(started.flowSessionId, started);
  } catch (error) {
    if (!isInDoubt(error)) throw error;
    const { activityId = '' } = error;
    const search = { ...addressed, activityId, scheduledAt, inDoubtSince: Date.now() };
    run.robot = await find([search, identity], run, until);
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The run was cancelled');
    return run.robot;
  }
}

/** The trigger in parts. `sought` finds a robot again: a search has no use for inputs, nor for what checks them. */
function partsOf(input: ParsedStartInput) {
  const { inputs, checkInputs, schemaFingerprint, ...sought } = triggerOf(input);
  const checks = { ...(checkInputs && { checkInputs }), ...(schemaFingerprint && { schemaFingerprint }) };
  return { inputs, checks, sought };
}

/** Large inputs travel once: with every try they would be in the history again, and a history ends at 50 MiB. */
function inputsOf(
  inputs: ParsedStartInput['inputs'],
  run: RunState,
): Pick<TriggerFlowRunInput, 'inputs' | 'inputsFrom'> {
  if (inputs === undefined) return {};
  if (run.inputsWereSent && run.guest === undefined && bytesOf(inputs) > LARGE_INPUTS_BYTES)
    return { inputsFrom: 'workflow' };
  run.inputsWereSent = true;
  return { inputs };
}

/**
 * Finds the robot that a run which gives up would start next, if an execution before its reset has started it. Must not
 * be cancelled.
 */
export async function findRobotOfBefore(input: ParsedStartInput, run: RunState): Promise<void> {
  const last = run.robot;
  run.robot = undefined;
  enter(run, 'stopping');
  const scheduledAt = Date.now();
  // Nothing was sent by this execution.
  const unsent = { activityId: 'none', scheduledAt, inDoubtSince: 0, onUnknownOutcome: 'fail' } as const;
  const search = { ...partsOf(input).sought, ...unsent };
  try {
    run.robot = await find([search, robotIdentity(run, input.onReset)], run, scheduledAt + FOUND_WITHIN_MS);
  } finally {
    run.robot ??= last;
  }
}

/** Must not be cancelled: a robot that was started has to be stopped. */
async function find(
  [search, identity]: [FindFlowRunInput, RobotIdentity],
  run: RunState,
  until: number,
): Promise<Robot | undefined> {
  const since = search.inDoubtSince || Date.now();
  const isCancelled = () => CancellationScope.current().consideredCancelled;
  const options = {
    summary: 'Find out whether the robot was started',
    scheduleToCloseTimeout: '5m',
  } as const;
  for (;;) {
    // A cancelled run starts nothing again, so it has to name what may be running.
    const asked: FindFlowRunInput = isCancelled() ? { ...search, onUnknownOutcome: 'fail' } : search;
    try {
      const found = await CancellationScope.nonCancellable(() =>
        findFlowRun.executeWithOptions(options, [asked, identity]),
      );
      run.links = found.links ?? run.links;
      run.showsAttributes = wantsAttributes(run, found.searchAttributes);
      return found.flowSessionId === null ? undefined : startedRobot(found.flowSessionId, found);
    } catch (error) {
      const latest = isCancelled() ? since + FOUND_WITHIN_MS : until;
      if (!isOutOfTime(error) || Date.now() >= latest) throw error;
      const refusal = refusalOf(error, true);
      if (refusal) run.refusal ??= { since, message: refusal.message };
      else run.outOfReachSince ??= since;
      showDetails(run);
    }
  }
}
