/** HOST: the content of a File column, in ranges. Microsoft: "Use file column data". */
import { headerNumber, text, unreadable } from './http/answers';
import { DataverseError } from './http/errors';
import type { HttpAnswer } from './http/exchange';
import type { CallOptions, Session } from './session';

/** The size that Dataverse recommends, and about 4 s on a slow line. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** `MaxSizeInKB` of the columns of `flowsession`. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** Where the organization manages its own keys, a file is stored in the database and comes in one piece. */
const NO_CHUNKS = '0x80090017';

export interface DownloadOptions extends CallOptions {
  /** Larger files are not fetched to the end: `tooLarge`. @default 32 MiB */
  maxBytes?: number;
}

/** Returns the text of the file, or null without a file. Its content type says nothing. */
export async function downloadText(
  session: Session,
  path: string,
  { maxBytes = MAX_FILE_BYTES, ...options }: DownloadOptions,
): Promise<string | null> {
  try {
    return await inRanges(session, path, maxBytes, options);
  } catch (error) {
    if (!(error instanceof DataverseError)) throw error;
    if (isNoFile(error)) return null;
    if (error.code !== NO_CHUNKS && error.status !== 416) throw error;
    return inOnePiece(session, path, maxBytes, options);
  }
}

/** The first request asks for a range too, so that a file of one range costs one request, whatever its size. */
async function inRanges(
  session: Session,
  path: string,
  maxBytes: number,
  options: CallOptions,
): Promise<string | null> {
  // Asks for no more than the limit: the first range already tells the size of the whole.
  const chunkBytes = Math.min(CHUNK_BYTES, maxBytes);
  let file = Buffer.alloc(0);
  let received = 0;
  let size = 0;
  do {
    const headers = { Range: `bytes=${received}-${received + chunkBytes - 1}` };
    const answer = await session.call({ path, headers, ...options, maxBytes: answerBytes(maxBytes) });
    if (answer.status !== 206) return whole(answer, maxBytes);
    const told = fileSize(answer);
    if (told === undefined) return inOnePiece(session, path, maxBytes, options);
    size = told;
    if (size > maxBytes) throw tooLarge(size, maxBytes);
    if (answer.body.length === 0) break;
    const arrived = received + answer.body.length;
    if (arrived > size) throw notOfItsSize(answer, arrived, size);
    // In one place from the beginning: parts that are joined at the end are there twice.
    if (file.length < size) file = Buffer.concat([file.subarray(0, received)], size);
    answer.body.copy(file, received);
    received = arrived;
  } while (received < size);
  const headers = { 'x-ms-file-size': String(size) };
  return whole({ status: 206, headers, body: file.subarray(0, received) }, maxBytes);
}

async function inOnePiece(
  session: Session,
  path: string,
  maxBytes: number,
  options: CallOptions,
): Promise<string | null> {
  return whole(await session.call({ path, ...options, maxBytes: answerBytes(maxBytes) }), maxBytes);
}

/** Leaves room for the text of an error, even where the limit is small. */
function answerBytes(maxBytes: number): number {
  return Math.max(maxBytes, CHUNK_BYTES);
}

function whole(answer: HttpAnswer, maxBytes: number): string | null {
  const received = answer.body.length;
  const size = headerNumber(answer, 'x-ms-file-size') ?? received;
  if (size !== received) throw notOfItsSize(answer, received, size);
  if (size > maxBytes) throw tooLarge(size, maxBytes);
  return size === 0 ? null : text(answer);
}

/** Of the whole file, or undefined when a part of it does not tell. */
function fileSize(answer: HttpAnswer): number | undefined {
  const size =
    headerNumber(answer, 'x-ms-file-size') ?? Number(answer.headers['content-range']?.split('/')[1]);
  return Number.isInteger(size) ? size : undefined;
}

/** "Row does not exist" has the same status and the same code: only the text tells. */
function isNoFile(error: DataverseError): boolean {
  return error.kind === 'notFound' && /no file attachment found/i.test(error.dataverseMessage ?? '');
}

function notOfItsSize(answer: HttpAnswer, received: number, size: number): DataverseError {
  return unreadable(answer, `${received} bytes of a file of ${size}`);
}

function tooLarge(size: number, maxBytes: number): DataverseError {
  const message = `The file has ${size} bytes, more than the limit of ${maxBytes}`;
  return new DataverseError(message, { kind: 'tooLarge', outcome: 'refused', size });
}
