/** Has this process trust one more certificate, as NODE_EXTRA_CA_CERTS has a process that begins. */
import tls from 'node:tls';

/** @returns what takes it back. */
export function trust(certificate: string): () => void {
  const { createSecureContext } = tls;
  tls.createSecureContext = (options) => {
    const context = createSecureContext(options);
    // Node has no public way to add one to its own list before version 22.
    (context.context as { addCACert(pem: string): void }).addCACert(certificate);
    return context;
  };
  return () => {
    tls.createSecureContext = createSecureContext;
  };
}
