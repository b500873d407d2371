import type { Answer } from '../answers';
import type { Call } from './call';

export function whoAmI({ origin, path, world }: Call): Answer {
  const root = path.slice(0, path.lastIndexOf('/'));
  return {
    status: 200,
    body: {
      '@odata.context': `${origin}${root}/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`,
      ...world.identity,
    },
  };
}
