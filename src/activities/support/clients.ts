/** HOST: one Dataverse client for each organization and credential, so that what is asked at the same moment can go together. */
import { DataverseClient, type DataverseClientOptions, digest } from '../../dataverse';

/** Bearer tokens come and go; the clients that were used last are kept. */
const MOST_CLIENTS = 100;

export class Clients {
  readonly #clients = new Map<string, DataverseClient>();

  get(options: DataverseClientOptions): DataverseClient {
    const { organizationUri, credentials } = options;
    // Hashed, so that no secret is a key of a map.
    const key = digest([organizationUri, credentials]);
    const client = this.#clients.get(key) ?? new DataverseClient(options);
    this.#clients.delete(key);
    this.#clients.set(key, client);
    const [oldest] = this.#clients.keys();
    if (this.#clients.size > MOST_CLIENTS && oldest !== undefined) this.#clients.delete(oldest);
    return client;
  }
}
