/** HOST: runs checks, each as soon as those that it needs have passed, so that one fault gives one finding. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../common/message-of';
import { scrubber } from '../common/scrub';
import { type Check, type Finding, found, type Kind, type Result } from './check';
import type { Setup } from './setup';

/** A check with its result. */
export type Examined = Pick<Check, 'id' | 'group' | 'title'> & { kind: Kind } & Result;

export interface ExamineOptions {
  /** Mends what can be mended without anything lost. @default false */
  fix?: boolean;
  /** For one check, in milliseconds. @default twice what one answer may take */
  longestCheckMs?: number;
  /** Is told of each check in the order of the list, as soon as it and those before are done. */
  onResult?(examined: Examined): void;
}

/** A server may tell for a moment what it was before. */
const LOOKS_AFTER_FIX = 5;
const BETWEEN_LOOKS_MS = 300;

/** A check asks for few answers, one after the other. A server that says nothing must not hold up everything. */
const ANSWERS_OF_CHECK = 2;

export async function examine(
  checks: readonly Check[],
  setup: Setup,
  { fix = false, longestCheckMs = ANSWERS_OF_CHECK * setup.patienceMs, onResult }: ExamineOptions = {},
): Promise<Examined[]> {
  const asked = checks.filter((check) => check.applies?.(setup) ?? true);
  const results = new Map<string, Promise<Result>>();
  for (const check of asked) {
    const needed = asked.filter(({ id }) => check.needs?.includes(id));
    const run = () => inTime(check.run(setup), longestCheckMs);
    results.set(
      check.id,
      blockedBy(needed, results).then(
        (blocked) => blocked ?? (fix ? fixed(check, run, setup) : safely(check, run)),
      ),
    );
  }
  const clean = cleaner(setup);
  const done: Examined[] = [];
  for (const { id, group, title, kind = 'setup' } of asked) {
    const result = clean((await results.get(id)) as Result);
    const examined = { id, group, title, kind, ...result };
    done.push(examined);
    onResult?.(examined);
  }
  return done;
}

/** Skips a check where one that it needs has found something, or was skipped itself. */
async function blockedBy(
  needed: readonly Check[],
  results: ReadonlyMap<string, Promise<Result>>,
): Promise<Result | undefined> {
  for (const { id, title } of needed) {
    const status = (await results.get(id))?.status;
    if (status === 'found' || status === 'skipped')
      return { status: 'skipped', detail: `waits for: ${title}` };
  }
  return undefined;
}

type Run = () => Promise<Result>;

async function fixed(check: Check, run: Run, setup: Setup): Promise<Result> {
  const first = await safely(check, run);
  if (check.fix === undefined || !isFixable(first)) return first;
  try {
    const detail = await check.fix(setup);
    let second = await safely(check, run);
    for (let looks = 1; looks < LOOKS_AFTER_FIX && isFixable(second); looks++) {
      await sleep(BETWEEN_LOOKS_MS);
      second = await safely(check, run);
    }
    return second.status === 'found' ? second : { status: 'fixed', detail };
  } catch (error) {
    const notFixed = `It could not be mended: ${messageOf(error)}`;
    return found(...first.findings.map((finding) => ({ ...finding, why: `${finding.why}. ${notFixed}` })));
  }
}

function isFixable(result: Result): result is Extract<Result, { status: 'found' }> {
  return result.status === 'found' && result.findings.some((finding) => finding.isFixable);
}

async function inTime<T>(work: Promise<T> | T, withinMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${withinMs} ms`)), withinMs);
  });
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}

/** A check that fails in a way it does not know must not end the others. */
async function safely(check: Check, run: Run): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    return found({
      code: 'unexpected',
      what: `Whether this holds could not be asked: ${check.title}`,
      why: messageOf(error),
      whatToDo: 'Try again; if it comes again, see what the message names',
      where: check.group,
    });
  }
}

/** Cuts the secrets of the set-up out of every text: an answer may repeat them. */
function cleaner({ secrets }: Setup): (result: Result) => Result {
  const clean = scrubber(secrets);
  return (result) => {
    if (result.status !== 'found') return { ...result, detail: clean(result.detail) };
    const findings = result.findings.map(
      ({ what, why, whatToDo, where, ...rest }): Finding => ({
        ...rest,
        what: clean(what),
        why: clean(why),
        whatToDo: clean(whatToDo),
        where: clean(where),
      }),
    );
    return { status: 'found', findings };
  };
}
