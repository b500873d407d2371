/**
 * HOST: the URL below which the callback URLs of robots are, and with them their keys. Nothing has to listen there, so
 * without one of its own a worker uses an inert one. It is not documented whether Dataverse takes such a URL: for an
 * organization that refuses it, no key travels.
 */
import { log } from '@temporalio/activity';
import { RecentlyUsed } from '../../common/recently-used';
import { INERT_CALLBACK_BASE_URL, isInert, NO_CALLBACK_BASE_URL } from '../../common/schema/urls';
import { DataverseError } from '../../dataverse';

/** A refusal is learned again where it is forgotten. */
const MOST_ORGANIZATIONS = 1000;

export class CallbackBase {
  readonly #baseUrl: string;
  readonly #organizations = new RecentlyUsed<{ refuses: boolean }>(MOST_ORGANIZATIONS);

  /** @param baseUrl `callbackBaseUrl` of the worker's options. */
  constructor(baseUrl: string = INERT_CALLBACK_BASE_URL) {
    this.#baseUrl = baseUrl;
  }

  /** Returns undefined where robots get no callback URL. */
  of(organization: string): string | undefined {
    const isOff = this.#baseUrl === NO_CALLBACK_BASE_URL || this.#known(organization).refuses;
    return isOff ? undefined : this.#baseUrl;
  }

  /** The organization has refused a trigger with an inert URL, and taken the same one without it. */
  wasRefusedBy(organization: string): void {
    const known = this.#known(organization);
    if (known.refuses) return;
    known.refuses = true;
    log.warn(
      'Dataverse refuses the inert callback URL, so no key travels with triggers: where an answer is lost, a run mostly ends as TriggerOutcomeUnknown. Set CALLBACK_BASE_URL to an https URL of yours; nothing has to listen there',
      { organization, callbackBaseUrl: this.#baseUrl },
    );
  }

  #known(organization: string): { refuses: boolean } {
    return this.#organizations.get(organization, () => ({ refuses: false }));
  }
}

/** Whether a trigger may be refused for its URL alone, so that the same without it may be taken. */
export function mayBeRefusalOf(url: string | undefined, error: unknown): boolean {
  const isBadRequest = error instanceof DataverseError && error.outcome === 'refused' && error.status === 400;
  return isBadRequest && url !== undefined && isInert(url);
}
