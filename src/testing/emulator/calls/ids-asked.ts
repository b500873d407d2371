/**
 * HOST, development only: the ids that a query for runs is limited to, where it asks for nothing else. A database finds
 * rows by their key, and so must the emulator: otherwise a look at many runs would take longer with every run that
 * there has ever been.
 */

const IN = /^Microsoft\.Dynamics\.CRM\.In\(PropertyName=(@\w+),PropertyValues=(@\w+)\)$/;

/** Returns undefined for any other query. The filter itself decides whether it is valid. */
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
