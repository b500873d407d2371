/** SHARED: may run anywhere. Dataverse writes the same session id in either case. */
export function isSameSession(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
