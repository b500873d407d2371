/**
 * HOST, development only: gives rows as the Web API does: one, or a page of many (Microsoft: webapi/query overview,
 * select-columns, page-results).
 */
import type { OutgoingHttpHeaders } from 'node:http';
import { type Answer, badQuery, notEmulated } from './answers';
import { compareValues, typeOfColumn } from './conditions';
import { type FilterLimits, parseFilter } from './filter';
import { FORMATTED_VALUE, type Preferences, parsePrefer, wants } from './prefer';
import type { Row, Table } from './table';

export interface ReadRequest {
  readonly origin: string;
  /** Path of the request, e.g. /api/data/v9.2/flowsessions. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly prefer: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** Rows of another table that `$expand` can add. */
interface Expansion {
  readonly table: Table;
  readonly rows: (row: Row) => readonly Row[];
}

export interface ReadOptions {
  readonly limits: FilterLimits;
  readonly expansions?: Readonly<Record<string, Expansion>>;
  /** Whether a request for an unchanged row gets a 304; unverified for flowsession. */
  readonly notModified?: boolean;
}

const MAX_PAGE = 5000;
const ONE_OPTIONS = ['$select', '$expand'];
/** Other ways to say which rows are wanted, in lower case (Microsoft: fetchxml/retrieve-data, webapi/query). */
const OTHER_QUERIES = ['fetchxml', 'savedquery', 'userquery', '$apply'];
const MANY_OPTIONS = [...ONE_OPTIONS, '$filter', '$orderby', '$top', '$count', '$skiptoken'];

export function readOne(table: Table, row: Row, request: ReadRequest, options: ReadOptions): Answer {
  checkOptions(request.query, ONE_OPTIONS);
  const etag = etagOf(row);
  if (options.notModified && request.ifNoneMatch === etag) return { status: 304, headers: { ETag: etag } };
  const preferences = parsePrefer(request.prefer);
  const shape = shaper(table, request, preferences, options);
  return {
    status: 200,
    headers: { ...applied(preferences), ETag: etag },
    body: { '@odata.context': `${context(table, request)}/$entity`, ...shape(row) },
  };
}

export function readMany(
  table: Table,
  rows: readonly Row[],
  request: ReadRequest,
  options: ReadOptions,
): Answer {
  const { query } = request;
  checkOptions(query, MANY_OPTIONS);
  const preferences = parsePrefer(request.prefer);
  const shape = shaper(table, request, preferences, options);
  const found = [...matching(table, rows, request, options)].sort(orderBy(table, query));

  const size = preferences.pageSize ?? Math.min(readTop(query), MAX_PAGE);
  const page = readPage(query);
  const shown = found.slice((page - 1) * size, page * size);
  // Dataverse ignores $top beside odata.maxpagesize; without that, the rows simply end (Microsoft: page-results).
  const more = page * size < found.length && (preferences.pageSize !== undefined || !query.has('$top'));
  return {
    status: 200,
    headers: applied(preferences),
    body: {
      '@odata.context': context(table, request),
      ...(query.get('$count') === 'true' ? { '@odata.count': found.length } : {}),
      value: shown.map(shape),
      ...(more ? { '@odata.nextLink': nextLink(request, page + 1) } : {}),
    },
  };
}

/** Counts the rows of a filter, as `<table>/$count` does: 5,000 at most (Microsoft: webapi/query/count-rows). */
export function countMany(
  table: Table,
  rows: readonly Row[],
  request: ReadRequest,
  options: ReadOptions,
): Answer {
  checkOptions(request.query, ['$filter']);
  const { length } = matching(table, rows, request, options);
  return {
    status: 200,
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    body: String(Math.min(length, MAX_PAGE)),
  };
}

function matching(
  table: Table,
  rows: readonly Row[],
  { query }: ReadRequest,
  { limits }: ReadOptions,
): readonly Row[] {
  const filter = query.get('$filter');
  return filter === null ? rows : rows.filter(parseFilter(filter, table, (name) => query.get(name), limits));
}

function checkOptions(query: URLSearchParams, known: readonly string[]): void {
  for (const name of query.keys()) {
    if (OTHER_QUERIES.includes(name.toLowerCase())) throw notEmulated(`the query parameter ${name}`);
    if (name.startsWith('$') && !known.includes(name)) {
      throw badQuery(`The query parameter ${name} is not supported`);
    }
  }
}

function selected(table: Table, select: string | null): readonly string[] {
  if (select === null) return [...table.columns.keys()];
  const names = select.split(',').map((name) => name.trim());
  for (const name of names) typeOfColumn(table, name);
  // The answer holds the key, selected or not (Microsoft: select-columns).
  return names.includes(table.key) ? names : [...names, table.key];
}

function shaper(
  table: Table,
  request: ReadRequest,
  preferences: Preferences,
  options: ReadOptions,
): (row: Row) => object {
  const names = selected(table, request.query.get('$select'));
  const labelled = wants(preferences.annotations, FORMATTED_VALUE);
  const expand = expander(table, request.query.get('$expand'), options.expansions ?? {});
  return (row) => {
    const shaped: Record<string, unknown> = { '@odata.etag': etagOf(row) };
    for (const name of names) {
      const value = row[name] ?? null;
      const label = table.labels[name]?.[Number(value)];
      if (labelled && label !== undefined && value !== null) shaped[`${name}@${FORMATTED_VALUE}`] = label;
      shaped[name] = value;
    }
    return { ...shaped, ...expand(row) };
  };
}

function expander(
  table: Table,
  expand: string | null,
  expansions: Readonly<Record<string, Expansion>>,
): (row: Row) => object {
  if (expand === null) return () => ({});
  const [, name = expand, select = null] = /^(\w+)(?:\(\$select=([\w,]+)\))?$/.exec(expand) ?? [];
  const expansion = Object.hasOwn(expansions, name) ? expansions[name] : undefined;
  if (expansion === undefined) {
    throw badQuery(
      `Could not find a property named '${name}' on type 'Microsoft.Dynamics.CRM.${table.logicalName}'.`,
    );
  }
  const names = selected(expansion.table, select);
  return (row) => ({
    [name]: expansion
      .rows(row)
      .map((related) => Object.fromEntries(names.map((key) => [key, related[key] ?? null]))),
  });
}

function orderBy(table: Table, query: URLSearchParams): (a: Row, b: Row) => number {
  const terms = (query.get('$orderby') ?? '').split(',').filter((term) => term.trim() !== '');
  const orders = terms.map((term) => {
    const [written = '', direction = 'asc', ...rest] = term.trim().split(/\s+/);
    const name = written.startsWith('@') ? (query.get(written) ?? '') : written;
    if (!['asc', 'desc'].includes(direction) || rest.length > 0) {
      throw badQuery(`Syntax error in $orderby: '${term.trim()}'.`);
    }
    return { name, type: typeOfColumn(table, name), sign: direction === 'asc' ? 1 : -1 };
  });
  return (a, b) => {
    for (const { name, type, sign } of orders) {
      const order = compareValues(type, a[name] ?? null, b[name] ?? null);
      if (order !== 0) return sign * order;
    }
    return 0;
  };
}

function readTop(query: URLSearchParams): number {
  const top = query.get('$top') ?? String(MAX_PAGE);
  if (!/^[1-9]\d*$/.test(top)) throw badQuery(`Invalid value '${top}' for $top query option found.`);
  return Number(top);
}

function readPage(query: URLSearchParams): number {
  const token = query.get('$skiptoken');
  const page = token === null ? '1' : /^<cookie pagenumber="([1-9]\d*)" \/>$/.exec(token)?.[1];
  if (page === undefined) {
    throw badQuery('Malformed $skiptoken: use the @odata.nextLink of the page before, unchanged.');
  }
  return Number(page);
}

function nextLink(request: ReadRequest, page: number): string {
  const query = new URLSearchParams(request.query);
  query.set('$skiptoken', `<cookie pagenumber="${page}" />`);
  return `${request.origin}${request.path}?${query}`;
}

function context(table: Table, request: ReadRequest): string {
  const root = request.path.slice(0, request.path.lastIndexOf('/'));
  const select = request.query.get('$select');
  return `${request.origin}${root}/$metadata#${table.entitySet}${select === null ? '' : `(${select})`}`;
}

function etagOf(row: Row): string {
  return `W/"${row.versionnumber}"`;
}

function applied(preferences: Preferences): OutgoingHttpHeaders {
  return preferences.applied === '' ? {} : { 'Preference-Applied': preferences.applied };
}
