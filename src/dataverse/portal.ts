/**
 * HOST: addresses of Power Automate's portal, where a person sees a flow and its runs.
 *
 * How far they are to be trusted. The page of a flow: documented by Microsoft ("Work with desktop flows using code", with
 * `/manage/environments/`). The page of a run: not documented; this form was seen in public code of others, nowhere else. The
 * portals of other clouds than the commercial one: Microsoft's pages on US Government and China name the hosts, and that
 * their paths are the same is our reading.
 */
import type { PortalLinks } from '../common/portal-links';
import { isGuid } from '../common/schema/guid';

const COMMERCIAL = 'make.powerautomate.com';

/** By the end of the organization's host. US GCC has a number of the commercial cloud. */
const PORTALS: readonly (readonly [organization: RegExp, portal: string])[] = [
  [/\.crm9\.dynamics\.com$/, 'make.gov.powerautomate.us'],
  [/\.microsoftdynamics\.us$/, 'make.high.powerautomate.us'],
  [/\.appsplatform\.us$/, 'make.powerautomate.appsplatform.us'],
  [/\.dynamics\.cn$/, 'make.powerautomate.cn'],
];

/** GUIDs, and names such as `Default-` and a GUID. Nothing else becomes a part of an address. */
const ENVIRONMENT_ID = /^[\da-z][\da-z-]{0,99}$/i;

export function isEnvironmentId(value: unknown): value is string {
  return typeof value === 'string' && ENVIRONMENT_ID.test(value);
}

/** @param organization origin of the organization. */
export function portalLinks(
  organization: string,
  environmentId: string,
  flowId: string,
  flowSessionId: string,
): PortalLinks | undefined {
  if (!isEnvironmentId(environmentId) || !isGuid(flowId) || !isGuid(flowSessionId)) return undefined;
  const { hostname } = new URL(organization);
  const portal = PORTALS.find(([end]) => end.test(hostname))?.[1] ?? COMMERCIAL;
  const environment = `environments/${environmentId}/uiflows/${flowId}`;
  return {
    flow: `https://${portal}/manage/${environment}/details`,
    run: `https://${portal}/${environment}/runs/${flowSessionId}`,
  };
}
