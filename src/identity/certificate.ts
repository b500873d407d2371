/** HOST: whether a PEM text can prove who the application is. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

/**
 * Returns what is wrong, or undefined. A file that is being replaced may be half there, or have the new certificate with
 * the old key: Microsoft Entra ID would refuse that for good, so it is not sent.
 */
export function certificateProblem(pem: string, password?: string): string | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return 'has no certificate in PEM';
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, ...(password !== undefined && { passphrase: password }) });
  } catch {
    return 'has no private key in PEM, or one that another password opens';
  }
  return certificate.checkPrivateKey(key)
    ? undefined
    : 'has a private key that is not that of the certificate';
}
