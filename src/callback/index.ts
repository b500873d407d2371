/** HOST: callbacks of Dataverse, from the URL that a trigger carries to the signal that wakes its workflow. */
export { type CallbackReceiver, startCallbackReceiver } from './receiver';
export { wakeUpBy } from './wake-up';
