/** HOST: runs checks, each as soon as those that it needs have passed, so that one fault gives one finding. */
import { messageOf } from '../common/message-of';
import { scrubber } from '../common/scrub';
import { type Check, type Finding, found, type Kind, type Result } from './check';
import type { Setup } from './setup';

/** A check with its result. */
export type Examined = Pick<Check, 'id' | 'group' | 'title'> & { kind: Kind } & Result;

export interface ExamineOptions {
  /** Mends what can be mended without anything lost. @default false */
  fix?: boolean;
  /** Is told of each check in the order of the list, as soon as it and those before are done. */
  onResult?(examined: Examined): void;
}

export async function examine(
  checks: readonly Check[],
  setup: Setup,
  { fix = false, onResult }: ExamineOptions = {},
): Promise<Examined[]> {
  const results = new Map<string, Promise<Result>>();
  const asked = checks.filter((check) => check.applies?.(setup) ?? true);
  for (const check of asked) {
    const needs = (check.needs ?? []).map((id) => results.get(id)).filter((need) => need !== undefined);
    results.set(
      check.id,
      afterAll(needs, check, checks, () => resultOf(check, setup, fix)),
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

async function afterAll(
  needs: readonly Promise<Result>[],
  { needs: ids = [] }: Check,
  checks: readonly Check[],
  run: () => Promise<Result>,
): Promise<Result> {
  const results = await Promise.all(needs);
  const failed = results.findIndex(({ status }) => status === 'found' || status === 'skipped');
  if (failed < 0) return run();
  const needed = checks.find(({ id }) => id === ids[failed]);
  return { status: 'skipped', detail: `waits for: ${needed?.title}` };
}

async function resultOf(check: Check, setup: Setup, fix: boolean): Promise<Result> {
  const first = await safely(check, setup);
  if (!fix || check.fix === undefined || !isFixable(first)) return first;
  try {
    const detail = await check.fix(setup);
    const second = await safely(check, setup);
    return second.status === 'found' ? second : { status: 'fixed', detail };
  } catch (error) {
    const notFixed = `It could not be mended: ${messageOf(error)}`;
    return found(...first.findings.map((finding) => ({ ...finding, why: `${finding.why}. ${notFixed}` })));
  }
}

function isFixable(result: Result): result is Extract<Result, { status: 'found' }> {
  return result.status === 'found' && result.findings.some((finding) => finding.isFixable);
}

/** A check that fails in a way it does not know must not end the others. */
async function safely(check: Check, setup: Setup): Promise<Result> {
  try {
    return await check.run(setup);
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
