/** SANDBOX: the workflows as the worker process runs them, which serves the queue of starts too. */
import { enableStartsQueue } from './run/starts-queue';

enableStartsQueue();

// Whatever is a workflow there is one here.
export * from '.';
