/**
 * SANDBOX: has the starts of a bundle go to the starts queue. The plugin adds it to the bundle as an interceptor, because
 * that is what runs before any workflow; it intercepts nothing.
 */
import { enableStartsQueue } from './run/starts-queue';

enableStartsQueue();
