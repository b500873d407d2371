/**
 * HOST, development only: downloads a File column (Microsoft: file-column-data; the plain headers were seen on live
 * environments).
 */
import type { OutgoingHttpHeaders } from 'node:http';
import { type Answer, Refusal, UnverifiedRefusal } from '../odata/answers';
import { type FileColumn, fileName, fileOf } from '../runs/files';
import type { Call } from './call';
import { runOf } from './flowsessions';

const CHUNK_BYTES = 4_194_304;

export function readFile(call: Call): Answer {
  const { status, headers, content } = download(call);
  return { status, headers: { ...headers, 'Content-Type': 'application/octet-stream' }, body: content };
}

/**
 * Reads the column without `$value`: OData's property, whose JSON holds the bytes in base64. Microsoft's page does not
 * show it; the headers are those that public clients rely on.
 */
export function readFileProperty(call: Call): Answer {
  const { status, headers, content } = download(call);
  const root = call.path.slice(0, call.path.indexOf('/flowsessions('));
  const property = call.path.slice(root.length + 1);
  return {
    status,
    headers: { ...headers, 'Content-Type': 'application/json; odata.metadata=minimal' },
    body: {
      '@odata.context': `${call.origin}${root}/$metadata#${property}`,
      value: content.toString('base64'),
    },
  };
}

function download(call: Call): { status: number; headers: OutgoingHttpHeaders; content: Buffer } {
  const run = runOf(call);
  const column = call.params[1] as FileColumn;
  const file = fileOf(run, column, call.world.settings.now());
  if (file === undefined) {
    throw new Refusal(
      404,
      '0x80040217',
      `No file attachment found for attribute: ${column} EntityId: ${run.id}.`,
    );
  }
  const content = call.faults.find('truncated') ? file.subarray(0, Math.floor(file.length / 2)) : file;
  const range = call.headers.range;
  const headers = {
    'Content-Disposition': `inline; filename=${fileName(column)}`,
    'x-ms-file-size': String(file.length),
    'x-ms-file-name': fileName(column),
    mimetype: 'application/json',
    'Access-Control-Expose-Headers': 'x-ms-file-size; x-ms-file-name; mimetype',
  };
  if (range === undefined) return { status: 200, headers, content };
  if (!call.world.settings.rangedDownloads || call.faults.find('byok')) {
    throw new UnverifiedRefusal(
      'rangedByok',
      'Downloading in multiple chunks is not supported for the files stored in the database.',
    );
  }
  const [start, end] = readRange(range, file.length);
  return {
    status: 206,
    headers: { ...headers, 'x-ms-chunk-size': String(CHUNK_BYTES) },
    content: content.subarray(start, end + 1),
  };
}

function readRange(range: string, size: number): readonly [number, number] {
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  const start = Number(from);
  if (from === '' || start >= size || (to !== '' && Number(to) < start)) {
    throw new Refusal(416, '', `The range '${range}' does not fit a file of ${size} bytes.`);
  }
  return [start, to === '' ? size - 1 : Number(to)];
}
