/**
 * HOST: what Ctrl-C means while a command waits for a robot. The robot does not hang on this process: it goes on unless
 * somebody stops it, so the question is always what becomes of the robot.
 */
import { createInterface } from 'node:readline';
import type { Progress } from '../support/progress';

/** `ask` leaves the robot where there is no terminal to ask in. */
export const ON_INTERRUPT = ['ask', 'stop', 'leave'] as const;
export type OnInterrupt = (typeof ON_INTERRUPT)[number];

export interface Interrupts {
  /** Resolves when nobody waits for the robot any longer: it is left as it is. */
  readonly left: Promise<void>;
  /** Whether its stop was asked for. */
  readonly isStopping: () => boolean;
  close(): void;
}

export interface InterruptOptions {
  onInterrupt: OnInterrupt;
  progress: Progress;
  /** Asks for the end of the robot; the wait for it goes on. */
  stop(): Promise<void>;
}

const QUESTION = 'Stop the robot? y: stop it, n: leave it to its work, Enter: wait on. Ctrl-C leaves it. ';
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The first one asks, stops or leaves, as `onInterrupt` says; a second one leaves the robot as it is. */
export function onInterrupts({ onInterrupt, progress, stop }: InterruptOptions): Interrupts {
  const isAsked = onInterrupt === 'ask' && process.stdin.isTTY && process.stderr.isTTY;
  let question: { close(): void } | undefined;
  let isStopping = false;
  let leave = () => {};
  let fail = (_error: unknown) => {};
  const left = new Promise<void>((resolve, reject) => {
    leave = resolve;
    fail = reject;
  });
  const stopRobot = () => {
    isStopping = true;
    progress.say('Asked to stop the robot. Ctrl-C does not wait for its end.');
    stop().catch(fail);
  };
  const ask = () => {
    progress.pause();
    question = askOnce(QUESTION, {
      answered(answer) {
        question = undefined;
        progress.resume();
        if (/^(y|yes|s|stop)$/i.test(answer)) stopRobot();
        else if (/^(n|no|l|leave)$/i.test(answer)) leave();
      },
      interrupted: leave,
    });
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (isStopping || question) leave();
    else if (onInterrupt === 'stop') stopRobot();
    else if (isAsked && signal === 'SIGINT') ask();
    else leave();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    left,
    isStopping: () => isStopping,
    close() {
      question?.close();
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}

/** In a terminal that asks, Ctrl-C is a key: no signal comes. */
function askOnce(
  text: string,
  { answered, interrupted }: { answered(answer: string): void; interrupted(): void },
): { close(): void } {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.on('SIGINT', () => {
    terminal.close();
    process.stderr.write('\n');
    interrupted();
  });
  terminal.question(text, (answer) => {
    terminal.close();
    answered(answer.trim());
  });
  return {
    close() {
      terminal.close();
      process.stderr.write('\n');
    },
  };
}
