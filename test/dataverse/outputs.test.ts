import {
  clientOf,
  closeServers,
  failureOf,
  type Reply,
  refusal,
  SESSION_ID,
  type SeenRequest,
  type Step,
  serve,
  until,
} from './scripted-server';

afterEach(closeServers);

const MEBIBYTE = 1024 * 1024;

const outputsOf = (server: { origin: string }, maxBytes?: number) =>
  clientOf(server).getOutputs(SESSION_ID, { maxBytes });

const rangeOf = ({ headers }: SeenRequest) => headers.range;

/** A File column as Dataverse serves it: in ranges, without Content-Range. */
const fileColumn =
  (content: Buffer): Step =>
  ({ headers }): Reply => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    const sizes = { 'x-ms-file-size': content.length, 'Content-Type': 'application/octet-stream' };
    if (from === undefined) return { headers: sizes, body: content };
    return { status: 206, headers: sizes, body: content.subarray(Number(from), Number(to) + 1) };
  };

describe('the outputs of a run', () => {
  it('of 100 KB are one request, whatever their content type', async () => {
    const text = JSON.stringify({ text: 'ü'.repeat(50_000) });
    const server = await serve(fileColumn(Buffer.from(text)));
    await expect(outputsOf(server)).resolves.toBe(text);
    expect(server.seen[0]).toMatchObject({
      method: 'GET',
      path: `/api/data/v9.2/flowsessions(${SESSION_ID})/outputs/$value`,
    });
    expect(server.seen.map(rangeOf)).toEqual(['bytes=0-4194303']);
  });

  it('of exactly one range are one request', async () => {
    const server = await serve(fileColumn(Buffer.alloc(4 * MEBIBYTE, 'x')));
    await expect(outputsOf(server)).resolves.toHaveLength(4 * MEBIBYTE);
  });

  it('of 6 MB come in ranges, even where a range is cut within a character', async () => {
    const text = `x${'ü'.repeat(3 * MEBIBYTE)}`;
    const column = fileColumn(Buffer.from(text));
    const server = await serve(column, column);
    expect((await outputsOf(server)) === text).toBe(true);
    expect(server.seen.map(rangeOf)).toEqual(['bytes=0-4194303', 'bytes=4194304-8388607']);
  });

  it('go on where a range was answered in part', async () => {
    const content = Buffer.from('{"a":1}');
    const part = (from: number, to: number): Reply => ({
      status: 206,
      headers: { 'x-ms-file-size': content.length },
      body: content.subarray(from, to),
    });
    const server = await serve(part(0, 3), part(3, 7));
    await expect(outputsOf(server)).resolves.toBe('{"a":1}');
    expect(server.seen[1]?.headers.range).toBe('bytes=3-4194306');
  });

  it('may tell their size in Content-Range alone', async () => {
    const server = await serve({ status: 206, headers: { 'Content-Range': 'bytes 0-1/2' }, body: '{}' });
    await expect(outputsOf(server)).resolves.toBe('{}');
  });

  it('may come in one piece without any size: neither Content-Length nor x-ms-file-size', async () => {
    const server = await serve((_seen, response) => {
      response.write('{"a"');
      response.end(':1}');
      return undefined;
    });
    await expect(outputsOf(server)).resolves.toBe('{"a":1}');
    expect(server.seen[0]?.headers.range).toBeDefined();
  });

  it.each([200, 206])('lose a byte order mark (%i)', async (status) => {
    const body = Buffer.from('\ufeff{"a":1}');
    const server = await serve({ status, headers: { 'x-ms-file-size': body.length }, body });
    await expect(outputsOf(server)).resolves.toBe('{"a":1}');
  });
});

describe('where files are kept in the database', () => {
  const noRanges = refusal(
    400,
    '0x80090017',
    'Downloading in multiple chunks is not supported for the files stored in the database.',
  );

  it('the outputs come in one request without a range', async () => {
    const content = Buffer.alloc(6 * MEBIBYTE, 'x');
    const server = await serve(noRanges, fileColumn(content));
    await expect(outputsOf(server)).resolves.toHaveLength(content.length);
    expect(server.seen.map(rangeOf)).toEqual(['bytes=0-4194303', undefined]);
  });

  it('outputs that are too large are not fetched to their end', async () => {
    let sent = 0;
    let closed = false;
    const server = await serve(noRanges, (_seen, response) => {
      const more = () => {
        for (let flows = true; flows && sent < 30 && !closed; sent += 1) {
          flows = response.write(Buffer.alloc(MEBIBYTE));
        }
      };
      response.on('drain', more).on('close', () => {
        closed = true;
      });
      response.writeHead(200, { 'x-ms-file-size': 30 * MEBIBYTE });
      more();
      return undefined;
    });
    const error = await failureOf(outputsOf(server, 5 * MEBIBYTE));
    expect(error).toMatchObject({ kind: 'tooLarge', size: 30 * MEBIBYTE });
    await until(() => closed);
    expect(sent).toBeLessThan(30);
  });
});

describe('no outputs', () => {
  const noFile = refusal(
    404,
    '0x80040217',
    `No file attachment found for attribute: outputs EntityId: ${SESSION_ID}.`,
  );

  it.each<[string, Reply]>([
    ['404 about the file', noFile],
    ['204', { status: 204 }],
    ['an empty body', { body: '' }],
    ['an empty range', { status: 206, headers: { 'x-ms-file-size': 0 } }],
  ])('are %s', async (_what, reply) => {
    const server = await serve(reply);
    await expect(outputsOf(server)).resolves.toBeNull();
  });

  it('are an empty file, of which no range can be had', async () => {
    const server = await serve({ status: 416 }, { headers: { 'x-ms-file-size': 0 }, body: '' });
    await expect(outputsOf(server)).resolves.toBeNull();
  });

  it.each(['', `Entity 'flowsession' With Id = ${SESSION_ID} Does Not Exist`])(
    'are not a 404 that says %p',
    async (message) => {
      const server = await serve(refusal(404, '0x80040217', message));
      await expect(failureOf(outputsOf(server))).resolves.toMatchObject({ kind: 'notFound', status: 404 });
    },
  );
});

describe('outputs that do not have the size that they are said to have', () => {
  it.each<[string, Reply[]]>([
    ['one piece that is too short', [{ headers: { 'x-ms-file-size': 500 }, body: '{"a"' }]],
    ['one piece that is too long', [{ headers: { 'x-ms-file-size': 2 }, body: '{"a"' }]],
    ['one piece that is empty', [{ headers: { 'x-ms-file-size': 500 }, body: '' }]],
    ['a range that is too long', [{ status: 206, headers: { 'x-ms-file-size': 2 }, body: '{"a"' }]],
    ['a range that is empty', [{ status: 206, headers: { 'x-ms-file-size': 500 } }]],
    [
      'a second range that is empty',
      [
        { status: 206, headers: { 'x-ms-file-size': 500 }, body: '{"a"' },
        { status: 206, headers: { 'x-ms-file-size': 500 } },
      ],
    ],
  ])('are unreadable: %s', async (_what, replies) => {
    const server = await serve(...replies);
    const error = await failureOf(outputsOf(server));
    expect(error).toMatchObject({ kind: 'unreadable' });
    expect(error.message).not.toContain('"a"');
  });
});

it('a range that does not tell the size of the whole is followed by one request without a range', async () => {
  const server = await serve({ status: 206, body: '{"a"' }, { body: '{"a":1}' });
  await expect(outputsOf(server)).resolves.toBe('{"a":1}');
  expect(server.seen.map(rangeOf)).toEqual(['bytes=0-4194303', undefined]);
});

describe('outputs that are larger than wanted', () => {
  it('are given up after the first range, with their size', async () => {
    const server = await serve(fileColumn(Buffer.alloc(6 * MEBIBYTE, 'x')));
    const error = await failureOf(outputsOf(server, 4 * MEBIBYTE));
    expect(error).toMatchObject({ kind: 'tooLarge', size: 6 * MEBIBYTE });
    expect(error.message).toBe('The file has 6291456 bytes, more than the limit of 4194304');
  });

  it('are not even asked for beyond what is wanted', async () => {
    const server = await serve(fileColumn(Buffer.alloc(1001, 'x')));
    const error = await failureOf(outputsOf(server, 1000));
    expect(error).toMatchObject({ kind: 'tooLarge', size: 1001 });
    expect(server.seen.map(rangeOf)).toEqual(['bytes=0-999']);
  });

  it('by nothing are fetched', async () => {
    const server = await serve(fileColumn(Buffer.alloc(1000, 'x')));
    await expect(outputsOf(server, 1000)).resolves.toHaveLength(1000);
  });

  it('are refused where the range is ignored', async () => {
    const server = await serve({ body: 'x'.repeat(1001) });
    await expect(failureOf(outputsOf(server, 1000))).resolves.toMatchObject({ kind: 'tooLarge', size: 1001 });
  });
});
