/**
 * The ids that a query for runs is limited to, where it asks for nothing else: a database finds rows by their key, and
 * so must the emulator, or looking at many runs would take longer the more there have ever been.
 */
const IN = /^Microsoft\.Dynamics\.CRM\.In\(PropertyName=(@\w+),PropertyValues=(@\w+)\)$/;

/** Undefined for any other query. Whether the filter is valid is for the filter to say. */
export function idsAsked(query: URLSearchParams): string[] | undefined {
  const [, property = '', values = ''] = IN.exec(query.get('$filter') ?? '') ?? [];
  if (query.get(property) !== "'flowsessionid'") return undefined;
  try {
    const ids: unknown = JSON.parse(query.get(values) ?? '');
    const areTexts = Array.isArray(ids) && ids.every((id) => typeof id === 'string');
    return areTexts ? [...new Set(ids.map((id) => id.toLowerCase()))] : undefined;
  } catch {
    return undefined;
  }
}
