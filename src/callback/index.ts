/** HOST: callbacks of Dataverse, from the URL that a trigger carries to the signal that wakes its workflow. */
export { receiveCallbacks } from './receive-callbacks';
export { type CallbackReceiver, startCallbackReceiver } from './receiver';
