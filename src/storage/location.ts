/** HOST: where large payloads go, as EXTERNAL_STORAGE_URL names it. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isLoopback } from '../common/schema/urls';

export type StorageLocation =
  | { kind: 'azure'; url: string; account: string; prefix: string }
  | { kind: 's3'; bucket: string; prefix: string }
  | { kind: 'folder'; root: string };

const EXAMPLES =
  'https://<account>.blob.core.windows.net/<container>, s3://<bucket>/<prefix> or file:///<folder>';

/** Returns the place, or what is wrong; never the text, which may hold a signature. */
export function storageLocation(text: string): StorageLocation | string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return `must be a URL: ${EXAMPLES}`;
  if (url.username || url.password || url.search || url.hash) {
    return 'must hold no credentials, query or fragment: a signature goes to EXTERNAL_STORAGE_SIGNATURE';
  }
  if (url.protocol === 'file:') return folderAt(url);
  const names = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  if (names.some((name) => !/^[\w!\-.*'()]+$/.test(name) || /^\.+$/.test(name))) {
    return "must have letters, digits and !-_.*'() alone in its path";
  }
  if (url.protocol === 's3:') return bucketAt(url.hostname, names);
  return containerAt(url, names);
}

function folderAt(url: URL): StorageLocation | string {
  if (url.hostname !== '' && process.platform !== 'win32') {
    return 'must have three slashes before the path of a folder: file:///var/lib/payloads';
  }
  try {
    const root = path.normalize(fileURLToPath(url));
    return path.dirname(root) === root ? 'must name a folder, not a whole disk' : { kind: 'folder', root };
  } catch {
    return 'must be the URL of a folder, such as file:///var/lib/payloads';
  }
}

function bucketAt(bucket: string, names: string[]): StorageLocation | string {
  if (bucket === '') return 'must name a bucket: s3://<bucket>/<prefix>';
  return { kind: 's3', bucket, prefix: prefixOf(names) };
}

function containerAt(url: URL, names: string[]): StorageLocation | string {
  const isOwn = isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isOwn)) {
    return `must be one of ${EXAMPLES}`;
  }
  if (!isOwn && !/^[a-z0-9-]+(\.[a-z0-9-]+)*\.blob\./.test(url.hostname)) {
    return 'must have the host of a storage account, such as <account>.blob.core.windows.net';
  }
  // An emulator has the account in the path.
  const [account = '', container, ...prefix] = isOwn ? names : [url.hostname.split('.')[0] ?? '', ...names];
  if (container === undefined) return 'must name a container after the host';
  const root = isOwn ? `${url.origin}/${account}` : url.origin;
  return { kind: 'azure', url: `${root}/${container}`, account, prefix: prefixOf(prefix) };
}

function prefixOf(names: string[]): string {
  return names.map((name) => `${name}/`).join('');
}
