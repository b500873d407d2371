/**
 * SANDBOX: has the workflows of a bundle say how they follow the versions of their worker. The plugin adds it to the bundle of
 * a worker with versions, as an interceptor, because that is what runs before any workflow; it intercepts nothing.
 */
import { declareVersioning } from './versioning';

declareVersioning();
