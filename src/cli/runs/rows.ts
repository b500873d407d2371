/** HOST: the rows of a batch, each the inputs of one robot: CSV, whose values are texts, or JSON lines. */
import { createHash } from 'node:crypto';
import { messageOf } from '../../common/message-of';
import { isPlainObject } from '../../common/schema/parse';
import { UsageError } from '../support/errors';
import type { GivenInputs } from './given-inputs';

export interface Row extends GivenInputs {
  /** Of the file, from 1. */
  line: number;
}

export type RowFormat = 'csv' | 'jsonl';

export function formatOf(file: string): RowFormat | undefined {
  if (/\.csv$/i.test(file)) return 'csv';
  return /\.(jsonl|ndjson)$/i.test(file) ? 'jsonl' : undefined;
}

export async function readRows(text: string, format: RowFormat): Promise<Row[]> {
  return format === 'csv' ? csvRows(text) : jsonRows(text);
}

/** An empty cell leaves its input out, so that the flow's default counts. */
async function csvRows(text: string): Promise<Row[]> {
  // Only this command needs it.
  const { parse } = await import('csv-parse/sync');
  try {
    const records = parse(text, {
      columns: (names: string[]) => names.map((name) => name.trim()),
      delimiter: delimiterOf(text),
      skip_empty_lines: true,
      info: true,
    }) as unknown as { record: Record<string, string>; info: { lines: number } }[];
    return records.map(({ record, info }) => {
      const given = Object.entries(record).filter(([, value]) => value !== '');
      return { line: info.lines, json: {}, texts: Object.fromEntries(given) };
    });
  } catch (error) {
    throw new UsageError(`the file is no CSV: ${messageOf(error)}`);
  }
}

/** Where a comma is part of numbers, spreadsheets write semicolons. */
function delimiterOf(text: string): string {
  const [head = ''] = text.split('\n', 1);
  const counted = [',', ';', '\t'].map((one) => ({ one, times: head.split(one).length }));
  return counted.toSorted((a, b) => b.times - a.times)[0]?.one ?? ',';
}

function jsonRows(text: string): Row[] {
  return text.split('\n').flatMap((written, index) => {
    if (written.trim() === '') return [];
    return [{ line: index + 1, json: objectIn(written, index + 1), texts: {} }];
  });
}

function objectIn(text: string, line: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isPlainObject(value)) return value;
  } catch {
    // The parser's own message quotes the text.
  }
  throw new UsageError(`line ${line} of the file must be one JSON object with the inputs of a robot`);
}

const DIGITS = 16;

/** The same row of the same batch has the same id, wherever it stands; of rows that are alike, each has its own. */
export class RowIds {
  readonly #batch: string;
  readonly #seen = new Map<string, number>();

  constructor(batch: string) {
    this.#batch = batch;
  }

  next(input: object): string {
    const hash = createHash('sha256')
      .update(JSON.stringify(sorted(input)))
      .digest('hex')
      .slice(0, DIGITS);
    const times = (this.#seen.get(hash) ?? 0) + 1;
    this.#seen.set(hash, times);
    return `${this.#batch}/${hash}${times === 1 ? '' : `-${times}`}`;
  }
}

/** The order of columns and fields does not count. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isPlainObject(value)) return value;
  const names = Object.keys(value).toSorted();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}
