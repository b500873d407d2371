/** HOST: expressions of callers, which are checked before anything happens, and evaluated when all has happened. */
import { DIALECT, FeelError, type Feelin, loadFeelin, withinTime, withoutMark } from './interpreter';
import { problemsOf } from './problems';
import { toJson } from './to-json';

export { FeelError } from './interpreter';

export interface Evaluation {
  /** JSON. */
  value: unknown;
  /** What FEEL made null of, because it could not evaluate it: kinds and places, no values. */
  warnings: string[];
}

type Tree = ReturnType<Feelin['parseExpression']>;

/** Of Camunda's functions the one that cannot even be read: `or` and `else` are words of FEEL. */
const NO_GET_OR_ELSE = 'there is no function "get or else" here; write if x = null then y else x';

/** More say no more. */
const MOST_WARNINGS = 10;

/** Whatever the values are, these come again. */
const CERTAIN_WARNINGS = ['NO_FUNCTION_FOUND', 'FUNCTION_INVOCATION_FAILURE'];

/**
 * Checks an expression without its values.
 * @param variables the names that will have values.
 * @throws FeelError if it certainly cannot be evaluated.
 */
export async function checkExpression(written: string, variables: readonly string[]): Promise<void> {
  const feelin = await loadFeelin();
  const expression = withoutMark(written);
  const empty = Object.fromEntries(variables.map((name) => [name, {}]));
  withinTime(() => {
    const tree = feelin.parseExpression(expression, empty, DIALECT);
    refuseUnreadable(expression, tree);
    const [problem] = problemsOf(tree, expression, variables, feelin);
    if (problem !== undefined) throw new FeelError(problem);
    const { value, warnings } = feelin.evaluate(expression, withClock(empty, feelin), DIALECT);
    const certain = warnings.find(({ type }) => CERTAIN_WARNINGS.includes(type));
    if (certain !== undefined) {
      throw new FeelError(
        `calls what is no function, or with other parameters than it has, at character ${certain.position.from + 1}`,
      );
    }
    toJson(value, feelin);
  });
}

/**
 * Evaluates an expression. `now` and `today` are in UTC.
 * @throws FeelError
 */
export async function evaluateExpression(
  written: string,
  variables: Record<string, unknown>,
): Promise<Evaluation> {
  const feelin = await loadFeelin();
  return withinTime(() => {
    const { value, warnings } = feelin.evaluate(withoutMark(written), withClock(variables, feelin), DIALECT);
    const shown = warnings.slice(0, MOST_WARNINGS);
    return {
      value: toJson(value, feelin),
      warnings: shown.map(({ type, position }) => `${type} at character ${position.from + 1}`),
    };
  });
}

/** feelin's own take the time zone of the host, which is another one on another worker. */
function withClock(variables: Record<string, unknown>, { date, dateAndTime }: Feelin) {
  const utc = new Date().toISOString();
  const now = () => dateAndTime(utc);
  const today = () => date(utc.slice(0, 'yyyy-mm-dd'.length));
  return { now, today, ...variables };
}

/** Where it cannot be read, feelin marks the tree, and goes on. */
function refuseUnreadable(expression: string, tree: Tree): void {
  let at: number | undefined;
  tree.iterate({
    enter({ type, from }) {
      if (type.isError) at ??= from;
    },
  });
  if (at === undefined) return;
  const hint = /\bget\s+or\s+else\b/.test(expression) ? `: ${NO_GET_OR_ELSE}` : '';
  throw new FeelError(`cannot be read from character ${at + 1} on${hint}`);
}
