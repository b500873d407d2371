/**
 * HOST: what is wrong with an expression whatever its values are. FEEL makes null of a name that nothing stands behind, and
 * of other slips, when it is evaluated, which is too late: what can be seen is refused before a robot moves. Reads
 * feelin's own tree, so that it sees what feelin sees.
 */
import { DIALECT, type Feelin } from './interpreter';

type Tree = ReturnType<Feelin['parseExpression']>;
type Node = Tree['topNode'];

/** What a place in the expression may name. */
interface Scope {
  names: ReadonlySet<string>;
  /**
   * In a filter. Where it compares, any name may be one of the elements'. Otherwise feelin takes it for an index, which has
   * no element, and finds nothing, without a word.
   */
  filter?: 'compares' | 'index';
}

/** What a loop offers besides its own names. */
const IN_LOOPS = 'partial';

const COMPARES = [
  'Comparison',
  'Conjunction',
  'Disjunction',
  'InstanceOfExpression',
  'Interval',
  'QuantifiedExpression',
  'SimplePositiveUnaryTest',
];

/** feelin reads `x in y and z` as `x in (y and z)`, and Camunda as `(x in y) and z`. */
const TOGETHER = ['Conjunction', 'Disjunction'];

/** feelin 8.2 sorts numbers as texts for it: that of 9, 10 and 100 is 100. */
const WRONG = ['median'];

/** @returns what is wrong, in the order of the expression. */
export function problemsOf(
  tree: Tree,
  expression: string,
  variables: readonly string[],
  feelin: Feelin,
): string[] {
  const known = `there are ${variables.join(', ')}`;
  return new Search(expression, feelin, known).problemsIn(tree.topNode, { names: new Set(variables) });
}

class Search {
  readonly #expression: string;
  readonly #feelin: Feelin;
  readonly #known: string;

  constructor(expression: string, feelin: Feelin, known: string) {
    this.#expression = expression;
    this.#feelin = feelin;
    this.#known = known;
  }

  problemsIn(node: Node, scope: Scope): string[] {
    const children = childrenOf(node);
    const [first, ...others] = children;
    switch (node.name) {
      case 'VariableName':
        return this.#ofName(node, scope);
      case 'FunctionInvocation':
        if (first?.name !== 'VariableName') break;
        return [...this.#ofCall(first, others, scope), ...this.#inAll(others, scope)];
      case 'ForExpression':
      case 'QuantifiedExpression':
        return this.#inAll(children, withNames(scope, [...this.#namesOf(node, 'InExpression'), IN_LOOPS]));
      case 'FunctionDefinition':
        return this.#inAll(children, withNames(scope, this.#namesOf(node, 'FormalParameter')));
      case 'Context':
        return this.#inEntries(children, scope);
      case 'FilterExpression':
        if (first === undefined) break;
        return [...this.problemsIn(first, scope), ...others.flatMap((other) => this.#inFilter(other, scope))];
      case 'PositiveUnaryTest':
        if (first === undefined || !TOGETHER.includes(first.name)) break;
        return [
          `needs parentheses at character ${node.from + 1}: write (x in y) where "and" or "or" follows`,
        ];
      // The name of a type.
      case 'QualifiedName':
        return [];
    }
    return this.#inAll(children, scope);
  }

  #inAll(nodes: Node[], scope: Scope): string[] {
    return nodes.flatMap((node) => this.problemsIn(node, scope));
  }

  #inFilter(node: Node, scope: Scope): string[] {
    const isOpen = scope.filter === 'compares' || compares(node);
    return this.problemsIn(node, { ...scope, filter: isOpen ? 'compares' : 'index' });
  }

  /** An entry may name those before it. */
  #inEntries(entries: Node[], outer: Scope): string[] {
    let scope = outer;
    return entries.flatMap((entry) => {
      const found = this.problemsIn(entry, scope);
      const key = entry.getChild('Key');
      if (key) scope = withNames(scope, [this.#textOf(key).replaceAll('"', '')]);
      return found;
    });
  }

  /** The names that a loop or a function gives to its values. */
  #namesOf(node: Node, kind: string): string[] {
    const list = node.getChild('InExpressions') ?? node.getChild('FormalParameters');
    const named = list?.getChildren(kind) ?? [];
    return named.flatMap(({ firstChild }) => (firstChild ? [this.#textOf(firstChild)] : []));
  }

  #textOf({ from, to }: Node): string {
    return this.#expression.slice(from, to).replaceAll('`', '').replace(/\s+/g, ' ');
  }

  #ofName(node: Node, { names, filter }: Scope): string[] {
    const name = this.#textOf(node);
    if (names.has(name) || filter === 'compares' || this.#isBuiltIn(name)) return [];
    const where = `names "${name}" at character ${node.from + 1}`;
    if (filter === undefined) return [`${where}, and there is nothing of that name: ${this.#known}`];
    return [`${where}, in a filter that compares nothing: write [... = true]`];
  }

  #ofCall(node: Node, parameters: Node[], { names }: Scope): string[] {
    const name = this.#textOf(node);
    if (names.has(name)) return [];
    const where = `calls "${name}" at character ${node.from + 1}, which`;
    if (!this.#isFunction(name)) return [`${where} is no function here`];
    return this.#takes(name, parameters) ? [] : [`${where} takes other parameters here`];
  }

  /** feelin tells of a function when one is looked for. */
  #isBuiltIn(name: string): boolean {
    return typeof this.#evaluate(`\`${name}\``).value === 'function';
  }

  /** For some functions feelin has no more than the name, and throws. */
  #isFunction(name: string): boolean {
    if (WRONG.includes(name) || !this.#isBuiltIn(name)) return false;
    try {
      this.#evaluate(`\`${name}\`()`);
      return true;
    } catch (error) {
      return !/^not implemented/.test((error as Error).message);
    }
  }

  /** Calls it with nothing but null: that there are too many, or what they are called, is wrong with any value. */
  #takes(name: string, parameters: Node[]): boolean {
    const given = parameters.flatMap(childrenOf).map(({ name: kind, firstChild }) => {
      const isNamed = kind === 'NamedParameter' && firstChild !== null;
      return isNamed ? `${this.#textOf(firstChild)}: null` : 'null';
    });
    try {
      const { warnings } = this.#evaluate(`\`${name}\`(${given.join(', ')})`);
      return warnings.every(({ type }) => type !== 'FUNCTION_INVOCATION_FAILURE');
    } catch {
      // By null alone.
      return true;
    }
  }

  #evaluate(call: string) {
    return this.#feelin.evaluate(call, {}, DIALECT);
  }
}

function childrenOf({ firstChild }: Node): Node[] {
  const children: Node[] = [];
  for (let child = firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

function compares(node: Node): boolean {
  if (node.name === 'ParenthesizedExpression') return childrenOf(node).some(compares);
  return COMPARES.includes(node.name);
}

function withNames(scope: Scope, more: string[]): Scope {
  return { ...scope, names: new Set([...scope.names, ...more]) };
}
