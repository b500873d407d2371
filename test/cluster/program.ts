/** A program of the cluster, started again whenever it ends, as an operating system's supervisor does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from './hosts';

const RESTART_AFTER_MS = 1_000;
const GRACE_MS = 10_000;

export interface Command {
  host: Host;
  /** Program and arguments. */
  command: readonly string[];
  /** The whole environment. @default none */
  env?: Readonly<Record<string, string>>;
  /** File to which it appends what it writes. */
  log: string;
}

export class Program {
  #child: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  #isHeld = false;
  #restarts = 0;

  constructor(
    readonly name: string,
    readonly about: Command,
  ) {
    this.#start();
  }

  /** Undefined while it is down. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How often it has ended until now. */
  get restarts(): number {
    return this.#restarts;
  }

  signal(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  /** Ends it, and keeps it down. */
  async stop(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT' = 'SIGKILL'): Promise<void> {
    this.#isHeld = true;
    this.signal(signal);
    const force = setTimeout(() => this.signal('SIGKILL'), GRACE_MS);
    await this.#exited;
    clearTimeout(force);
  }

  /** After `stop`. @param env goes beside that of the program. */
  start(env: Readonly<Record<string, string>> = {}): void {
    this.#isHeld = false;
    this.#start(env);
  }

  #start(more: Readonly<Record<string, string>> = {}): void {
    const { host, command, env = {}, log } = this.about;
    const file = openSync(log, 'a');
    const child = spawn('nsenter', [`--net=/run/netns/${host}`, '--', ...command], {
      env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env, ...more },
      stdio: ['ignore', file, file],
    });
    closeSync(file);
    this.#child = child;
    this.#exited = once(child, 'exit').then(async () => {
      this.#child = undefined;
      this.#restarts += 1;
      if (this.#isHeld) return;
      await sleep(RESTART_AFTER_MS);
      if (!this.#isHeld && this.#child === undefined) this.#start(more);
    });
  }
}
