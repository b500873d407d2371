/** A self-signed certificate, made on the spot: a key that is committed is a key that somebody trusts one day. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

export interface Certificate {
  /** PEM. */
  cert: string;
  /** PEM. */
  key: string;
}

/** For any year of this century, whatever the clock says. */
const NOT_BEFORE = '20000101000000Z';
const NOT_AFTER = '20991231235959Z';

const KINDS = {
  ec: {
    keys: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    algorithm: () => sequence(oid('2a8648ce3d040302')), // ecdsa-with-SHA256
  },
  /** As Microsoft Entra ID takes it from applications. */
  rsa: {
    keys: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    algorithm: () => sequence(oid('2a864886f70d01010b'), der(0x05)), // sha256WithRSAEncryption
  },
};

/** @param hosts DNS names, or addresses of IPv4. */
export function selfSigned(hosts: readonly string[], kind: keyof typeof KINDS = 'ec'): Certificate {
  const { publicKey, privateKey } = KINDS[kind].keys();
  const algorithm = KINDS[kind].algorithm();
  // A name of its own: among trusted certificates a chain is looked up by name.
  const name = sequence(
    der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(`For tests only, ${randomUUID()}`)))),
  );
  const names = sequence(
    ...hosts.map((host) =>
      isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host)),
    ),
  );
  const subjectAltName = sequence(oid('551d11'), der(0x04, names));
  const tbs = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(der(0x18, Buffer.from(NOT_BEFORE)), der(0x18, Buffer.from(NOT_AFTER))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(subjectAltName)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', tbs, privateKey));
  const base64 = sequence(tbs, algorithm, signature).toString('base64');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** One element of ASN.1, with a length of up to 65,535. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}
