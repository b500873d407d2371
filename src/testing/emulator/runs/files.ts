/** HOST, development only: the File columns of a run (Microsoft: entities/flowsession). */
import type { Row } from '../odata/table';
import { actionLogFile } from './action-log';
import type { Run } from './run';

/** The columns, each with the first digit of the ids of its files. */
const FILES = { inputs: 'a', outputs: 'b', additionalcontext: 'c' } as const;

export type FileColumn = keyof typeof FILES;

export const FILE_COLUMNS = Object.keys(FILES) as FileColumn[];

/** A File column shows the id of its file; this one is made of the run's own, so that it stays the same. */
export function fileId(run: Run, column: FileColumn): string {
  return `${FILES[column]}${run.id.slice(1)}`;
}

/** @param now epoch milliseconds: the log of the actions may come later than the end. */
export function fileOf(run: Run, column: FileColumn, now: number): Buffer | undefined {
  if (column === 'outputs') return run.outputs;
  if (column === 'additionalcontext') return actionLogFile(run, now);
  return run.inputs === undefined ? undefined : Buffer.from(run.inputs);
}

export function fileName(column: FileColumn): string {
  return `${column}.json`;
}

export function fileColumns(run: Run, now: number): Row {
  const present = FILE_COLUMNS.filter((column) => fileOf(run, column, now) !== undefined);
  return Object.fromEntries(
    present.flatMap((column) => [
      [column, fileId(run, column)],
      [`${column}_name`, fileName(column)],
    ]),
  );
}
