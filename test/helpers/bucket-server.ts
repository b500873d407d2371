/**
 * A server with as much of S3's HTTP as a store of payloads needs: PUT and GET of an object, its checksum and its errors. It is
 * not S3: it knows one access key, and looks at who signed, not at the signature.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { crc32 } from 'node:zlib';

export interface BucketServer {
  readonly url: string;
  readonly bucket: string;
  /** AWS's variables for it. */
  readonly environment: Record<string, string>;
  readonly objects: Map<string, Buffer>;
  /** What is answered instead, while it is set. */
  fault: { status: number; code: string } | undefined;
  close(): Promise<void>;
}

const ACCESS_KEY = 'AKIATESTTESTTEST';

export async function startBucketServer(): Promise<BucketServer> {
  const bucket = 'payloads';
  const objects = new Map<string, Buffer>();
  const state: Pick<BucketServer, 'fault'> = { fault: undefined };
  const server = createServer(async (request, response) => {
    const fail = (status: number, code: string) =>
      response
        .writeHead(status, { 'content-type': 'application/xml' })
        .end(
          `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} of ${request.url}</Message></Error>`,
        );
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (state.fault) return fail(state.fault.status, state.fault.code);
    if (!request.headers.authorization?.startsWith(`AWS4-HMAC-SHA256 Credential=${ACCESS_KEY}/`))
      return fail(403, 'AccessDenied');
    const [, of, ...names] = decodeURIComponent(new URL(request.url ?? '', 'http://s3').pathname).split('/');
    const key = names.join('/');
    if (of !== bucket) return fail(404, 'NoSuchBucket');
    if (request.method === 'PUT') {
      const sum = Buffer.alloc(4);
      sum.writeUInt32BE(crc32(body));
      if (request.headers['x-amz-checksum-crc32'] !== sum.toString('base64')) return fail(400, 'BadDigest');
      objects.set(key, body);
      return response.writeHead(200, { etag: '"1"' }).end();
    }
    const object = objects.get(key);
    if (object === undefined) return fail(404, 'NoSuchKey');
    return response.writeHead(200, { 'content-length': object.length }).end(object);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return Object.assign(state, {
    url,
    bucket,
    objects,
    environment: {
      AWS_ENDPOINT_URL_S3: url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: 'secret-of-the-test',
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}
