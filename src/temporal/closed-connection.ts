/**
 * HOST: the SDK tries a call again by a timer. Where its connection was closed in the meantime, gRPC throws there, where nobody
 * catches it: the process ends, though all has been done. With this interceptor the call fails instead.
 */
import {
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import { messageOf } from '../common/message-of';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Parameters<Interceptor>[1]>;
type Metadata = Parameters<Call['start']>[0];

/** A status of gRPC. The SDK does not try such a call again. */
const CANCELLED = 1;

export const failAfterClose: Interceptor = (options, nextCall) => {
  let call: Call;
  try {
    call = nextCall(options);
  } catch (error) {
    call = failedCall(messageOf(error));
  }
  // Whoever gets it uses what both have.
  return call as ReturnType<Interceptor>;
};

/** With the SDK's own interceptor, and ours behind it: each try passes it. */
export function openConnection(options?: ConnectionOptions): Promise<Connection> {
  const interceptors = [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), failAfterClose];
  return Connection.connect({ ...options, interceptors });
}

function failedCall(details: string): Call {
  const nothing = () => undefined;
  return {
    start(metadata: Metadata, listener) {
      setImmediate(() => {
        // As gRPC does it: no status without a message before.
        listener?.onReceiveMessage?.(null);
        listener?.onReceiveStatus?.({ code: CANCELLED, details, metadata });
      });
    },
    sendMessage: nothing,
    sendMessageWithContext: nothing,
    startRead: nothing,
    halfClose: nothing,
    cancelWithStatus: nothing,
    getPeer: () => '',
    getAuthContext: () => null,
  };
}
