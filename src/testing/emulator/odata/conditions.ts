/**
 * HOST, development only: turns one condition of a filter into a test of a row, and compares the values of a column.
 */
import { badQuery } from './answers';
import type { ColumnType, Row, Table, Value } from './table';

export type Condition = (row: Row) => boolean;
/** A literal remembers how it was written: a number in quotes is a string. */
export type Literal = { readonly kind: string; toString(): string } | null;

/** Which literals a column's type compares with. A GUID has no quotes (Microsoft: filter-rows). */
const FITS: Readonly<Record<ColumnType, readonly string[]>> = {
  Guid: ['guid'],
  String: ['string'],
  Int32: ['number'],
  Double: ['number'],
  Boolean: ['boolean'],
  DateTimeOffset: ['datetime'],
  File: [],
};

const OPERATORS: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

const TEXT_FUNCTIONS: Readonly<Record<string, (value: string, part: string) => boolean>> = {
  contains: (value, part) => value.includes(part),
  startswith: (value, part) => value.startsWith(part),
  endswith: (value, part) => value.endsWith(part),
};

export function typeOfColumn(table: Table, name: string): ColumnType {
  const type = table.columns.get(name);
  if (type === undefined) {
    throw badQuery(
      `Could not find a property named '${name}' on type 'Microsoft.Dynamics.CRM.${table.logicalName}'.`,
    );
  }
  return type;
}

export function matches(column: string, type: ColumnType, operator: string, literal: Literal): Condition {
  const test = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (test === undefined) {
    throw badQuery(`The operator '${operator}' is not known. Use eq, ne, gt, ge, lt or le.`);
  }
  if (literal === null) return (row) => operator === ((row[column] ?? null) === null ? 'eq' : 'ne');
  if (!FITS[type].includes(literal.kind)) {
    throw badQuery(
      `A binary operator with incompatible types was detected: '${column}' is Edm.${type}, ${literal} is not.`,
    );
  }
  const wanted = comparable(type, literal.toString());
  return (row) => {
    const value = row[column] ?? null;
    return value === null ? operator === 'ne' : test(order(comparable(type, value), wanted));
  };
}

export function textCondition(name: string, column: string, table: Table, literal: Literal): Condition {
  const test = Object.hasOwn(TEXT_FUNCTIONS, name) ? TEXT_FUNCTIONS[name] : undefined;
  if (test === undefined) {
    throw badQuery(
      `An unknown function with name '${name}' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.`,
    );
  }
  if (typeOfColumn(table, column) !== 'String' || literal?.kind !== 'string') {
    throw badQuery(`The function '${name}' takes a text column and a text in single quotes.`);
  }
  const part = literal.toString().toLowerCase();
  return (row) => test(String(row[column] ?? '').toLowerCase(), part);
}

/** Orders two values of one column; text compares without case (Microsoft: filter-rows), null comes first. */
export function compareValues(type: ColumnType, a: Value, b: Value): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return order(comparable(type, a), comparable(type, b));
}

function comparable(type: ColumnType, value: Exclude<Value, null>): string | number {
  switch (type) {
    case 'Int32':
    case 'Double':
      return Number(value);
    case 'DateTimeOffset':
      return Date.parse(String(value));
    default:
      return String(value).toLowerCase();
  }
}

function order(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
