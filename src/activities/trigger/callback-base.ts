/**
 * HOST: the URL below which the callback URLs of robots are, and with them their keys. Nothing has to listen there, so
 * without one of its own a worker uses an inert one. It is not documented whether Dataverse takes such a URL: for an
 * organization that refuses it, no key travels.
 */
import { log } from '@temporalio/activity';
import { INERT_CALLBACK_BASE_URL, isInert, NO_CALLBACK_BASE_URL } from '../../common/schema/urls';
import { DataverseError } from '../../dataverse';

/** Refusals are learned again where they are forgotten. */
const MOST_ORGANIZATIONS = 1000;

export class CallbackBase {
  readonly #baseUrl: string;
  readonly #refusing = new Set<string>();

  /** @param baseUrl `callbackBaseUrl` of the worker's options. */
  constructor(baseUrl: string = INERT_CALLBACK_BASE_URL) {
    this.#baseUrl = baseUrl;
  }

  /** Returns undefined where robots get no callback URL. */
  of(organization: string): string | undefined {
    if (this.#baseUrl === NO_CALLBACK_BASE_URL || this.#refusing.has(organization)) return undefined;
    return this.#baseUrl;
  }

  /** Whether the refusal of a trigger may be one of an inert URL, so that the same without it may be taken. */
  mayBeRefusalOf(url: string | undefined, error: unknown): boolean {
    const isBadRequest =
      error instanceof DataverseError && error.outcome === 'refused' && error.status === 400;
    return isBadRequest && url !== undefined && isInert(this.#baseUrl) && url.startsWith(this.#baseUrl);
  }

  /** The organization has taken the same trigger without it. */
  wasRefusedBy(organization: string): void {
    if (this.#refusing.has(organization)) return;
    if (this.#refusing.size >= MOST_ORGANIZATIONS) this.#refusing.clear();
    this.#refusing.add(organization);
    log.warn(
      'Dataverse refuses the inert callback URL, so no key travels with triggers: where an answer is lost, a run mostly ends as TriggerOutcomeUnknown. Set CALLBACK_BASE_URL to an https URL of yours; nothing has to listen there',
      { organization, callbackBaseUrl: this.#baseUrl },
    );
  }
}
