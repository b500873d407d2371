/**
 * The front door of the emulated Dataverse: takes TLS on the address of its host, and hands each request on to the
 * emulator on loopback, as the worker takes plain http on loopback alone.
 * `node gateway.js <address> <certificate> <key> <port>`
 */
const { readFileSync } = require('node:fs');
const http = require('node:http');
const https = require('node:https');

const [host, cert, key, port] = process.argv.slice(2);
/** The emulator knows itself by plain http, and gives tokens for what it knows. */
const RESOURCE = /(scope|resource)=https/;

async function handOn(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const body = request.url.endsWith('/oauth2/v2.0/token') ? text.replace(RESOURCE, '$1=http') : text;
  const { 'transfer-encoding': _, ...headers } = request.headers;
  const { method, url } = request;
  // By any other name its own interface refuses: a web page may have been led there.
  if (url.startsWith('/__emulator/')) headers.host = `127.0.0.1:${port}`;
  const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) };
  const inside = http.request({
    host: '127.0.0.1',
    port,
    method,
    path: url,
    headers: { ...headers, ...length },
  });
  inside.on('response', (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  // As a gateway breaks off what it cannot finish.
  inside.on('error', () => response.destroy());
  response.on('close', () => inside.destroy());
  inside.end(body);
}

https
  .createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
    handOn(request, response).catch(() => response.destroy());
  })
  .listen(443, host);
