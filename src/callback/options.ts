/** HOST: what the callback receiver needs from the process that runs it. */
import type { SigningOptions } from './token';

/** Wakes a workflow. Does nothing where it is over. @throws where a repeat may help */
export type WakeUp = (workflowId: string, flowSessionId: string) => Promise<void>;

/** How a call was answered. Everything is `refused` that carries no token for this receiver. */
export type CallbackOutcome = 'passedOn' | 'refused' | 'invalid' | 'tooMany' | 'failed';

export interface CallbackReceiverOptions extends SigningOptions {
  /** @default '127.0.0.1' */
  host?: string;
  /** 0 for any free port. */
  port: number;
  /** The namespace of Temporal. */
  namespace: string;
  wakeUp: WakeUp;
  /** Gets the outcome of each callback, without its URL. @default nothing is logged */
  log?: (level: 'debug' | 'warn', message: string, details: object) => void;
  /** Is told of each call that was answered. @default nobody is */
  onAnswered?: (outcome: CallbackOutcome) => void;
}
