/** HOST, development only: names that cannot exist. */

/** Whether the host of a URL is below `.invalid`, which RFC 2606 reserves. False for a text that is no URL. */
export function isOnInvalidHost(text: string): boolean {
  return URL.canParse(text) && /(^|\.)invalid\.?$/.test(new URL(text).hostname);
}
