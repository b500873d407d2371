/**
 * HOST, development only: turns `$filter` into a predicate over rows. It is strict rather than lenient: it refuses with
 * a 400 what is not in Microsoft's documentation of filters (webapi/query/filter-rows, use-web-api-functions).
 */
import { badQuery, Refusal, UnverifiedRefusal } from './answers';
import { type Condition, type Literal, matches, textCondition, typeOfColumn } from './conditions';
import { type TokenKind, TokenReader } from './filter-tokens';
import type { Row, Table } from './table';

export type Predicate = (row: Row) => boolean;

export interface FilterLimits {
  /** Conditions in one query (Microsoft: filter-rows). */
  readonly conditions: number;
  /** Values in one `In`; not documented. */
  readonly valuesInIn: number;
  /** Characters of one value of `In` (Microsoft: filter-rows). */
  readonly valueLength: number;
}

/** Keeps a hostile filter from exhausting the stack. */
const MAX_DEPTH = 100;
const LITERALS: readonly TokenKind[] = ['guid', 'datetime', 'number', 'string'];
const QUERY_FUNCTION = /^Microsoft\.Dynamics\.CRM\.(In|NotIn)$/;

export function parseFilter(
  text: string,
  table: Table,
  aliases: (name: string) => string | null,
  limits: FilterLimits,
): Predicate {
  return new FilterParser(text, table, aliases, limits).parse();
}

class FilterParser {
  readonly #tokens: TokenReader;
  #conditions = 0;
  #depth = 0;
  #queryFunctions = 0;
  readonly #table: Table;
  readonly #aliases: (name: string) => string | null;
  readonly #limits: FilterLimits;

  constructor(text: string, table: Table, aliases: (name: string) => string | null, limits: FilterLimits) {
    this.#table = table;
    this.#aliases = aliases;
    this.#limits = limits;
    this.#tokens = new TokenReader(text);
  }

  parse(): Predicate {
    const predicate = this.#or();
    this.#tokens.take('end');
    return predicate;
  }

  #or(): Predicate {
    const parts = [this.#and()];
    while (this.#tokens.skip('name', 'or')) parts.push(this.#and());
    return parts.length === 1 ? (parts[0] as Predicate) : (row) => parts.some((part) => part(row));
  }

  #and(): Predicate {
    const parts = [this.#unary()];
    while (this.#tokens.skip('name', 'and')) parts.push(this.#unary());
    return parts.length === 1 ? (parts[0] as Predicate) : (row) => parts.every((part) => part(row));
  }

  #unary(): Predicate {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw badQuery('The filter is nested too deeply.');
    const predicate = this.#tokens.skip('name', 'not') ? this.#negated() : this.#primary();
    this.#depth -= 1;
    return predicate;
  }

  #negated(): Predicate {
    const before = this.#queryFunctions;
    const predicate = this.#unary();
    if (this.#queryFunctions > before) {
      throw badQuery('Not operator along with the Custom Named Condition operators is not allowed');
    }
    return (row) => !predicate(row);
  }

  #primary(): Predicate {
    if (this.#tokens.skip('sign', '(')) {
      const predicate = this.#or();
      this.#tokens.take('sign', ')');
      return predicate;
    }
    this.#conditions += 1;
    if (this.#conditions > this.#limits.conditions) {
      throw new Refusal(400, '0x8004430C', 'Number of conditions in query exceeded maximum limit.');
    }
    const name = this.#tokens.take('name').text;
    return this.#tokens.skip('sign', '(') ? this.#call(name) : this.#comparison(name);
  }

  #comparison(column: string): Predicate {
    const type = typeOfColumn(this.#table, column);
    const operator = this.#tokens.take('name').text;
    return matches(column, type, operator, this.#literal());
  }

  #call(name: string): Predicate {
    const queryFunction = QUERY_FUNCTION.exec(name);
    if (queryFunction) {
      this.#queryFunctions += 1;
      return this.#in(queryFunction[1] === 'NotIn');
    }
    const column = this.#tokens.take('name').text;
    this.#tokens.take('sign', ',');
    const condition = textCondition(name, column, this.#table, this.#literal());
    this.#tokens.take('sign', ')');
    return condition;
  }

  #in(negated: boolean): Predicate {
    this.#argumentName('PropertyName');
    const column = String(this.#literal());
    this.#tokens.take('sign', ',');
    this.#argumentName('PropertyValues');
    const values = this.#values();
    this.#tokens.take('sign', ')');
    if (values.length > this.#limits.valuesInIn) {
      throw new UnverifiedRefusal(
        'tooManyValues',
        'Number of parameters in a condition exceeded maximum limit.',
      );
    }
    const known = this.#table.columns.has(column) ? column : `_${column}_value`;
    typeOfColumn(this.#table, this.#table.columns.has(known) ? known : column);
    const wanted = new Set(values.map((value) => this.#inValue(value)));
    const within: Condition = (row) => {
      const value = row[known] ?? null;
      return value !== null && wanted.has(String(value).toLowerCase());
    };
    return negated ? (row) => !within(row) : within;
  }

  #inValue(value: string): string {
    if (value.length > this.#limits.valueLength) {
      throw badQuery(`A value of PropertyValues is longer than ${this.#limits.valueLength} characters.`);
    }
    return value.toLowerCase();
  }

  #argumentName(name: string): void {
    this.#tokens.take('name', name);
    this.#tokens.take('sign', '=');
  }

  /** Reads a list in brackets, here or behind an alias. */
  #values(): string[] {
    if (this.#tokens.peek().kind === 'alias') return this.#aliased((parser) => parser.#values()) ?? [];
    this.#tokens.take('sign', '[');
    const values: string[] = [];
    while (!this.#tokens.skip('sign', ']')) {
      if (values.length > 0) this.#tokens.take('sign', ',');
      values.push(String(this.#literal()));
    }
    return values;
  }

  #literal(): Literal {
    const token = this.#tokens.peek();
    if (token.kind === 'alias') return this.#aliased((parser) => parser.#literal());
    this.#tokens.next();
    if (token.kind === 'name' && token.text === 'null') return null;
    if (!LITERALS.includes(token.kind)) throw this.#tokens.unexpected(token);
    return { kind: token.kind, toString: () => token.text };
  }

  /** Reads what an alias stands for; one without a value is null (Microsoft: filter-rows). */
  #aliased<T>(read: (parser: FilterParser) => T): T | null {
    const text = this.#aliases(this.#tokens.take('alias').text);
    if (text === null) return null;
    const none = () => null;
    const parser = new FilterParser(text, this.#table, none, this.#limits);
    const value = read(parser);
    parser.#tokens.take('end');
    return value;
  }
}
