/** SANDBOX: the workflows as the worker process runs them; it also serves the queue of starts. */
import { enableStartsQueue } from './run/starts-queue';

enableStartsQueue();

// Every workflow of the package is one of the worker process.
export * from '.';
