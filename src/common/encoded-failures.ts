/**
 * SHARED: may run anywhere. Puts the messages and stack traces of failures where codecs see them. In the bundle of a worker
 * that encrypts; reading needs it nowhere, the SDK's own converter reads both kinds.
 */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
