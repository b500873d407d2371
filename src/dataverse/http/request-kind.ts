/** HOST: what a request is for, told by its path, so that no caller has to say it and none can be forgotten. */

/** The first that fits. A row is `table(id)`. */
const KINDS = [
  ['token', /\/token\/?$/],
  ['trigger', /\.RunDesktopFlow$/],
  ['cancel', /\.CancelDesktopFlowRun$/],
  ['outputs', /\/flowsessions\([^()]*\)\/outputs\/\$value$/],
  ['actionLog', /\/additionalcontext\/\$value$/],
  ['flowLogs', /\/flowsession_flowlog_parentobjectid$/],
  ['status', /\/flowsessions\([^()]*\)$/],
  ['query', /\/flowsessions$/],
  ['schema', /\/workflows\([^()]*\)\/(?:inputs|outputs)\/\$value$/],
  ['flow', /\/workflows\([^()]*\)$/],
  ['flows', /\/workflows$/],
  ['machines', /\/flowmachines(?:\([^()]*\))?$/],
  ['connectionReferences', /\/connectionreferences(?:\([^()]*\))?$/],
  ['whoAmI', /\/WhoAmI$/],
  ['organization', /\/RetrieveCurrentOrganization\(/],
  ['privileges', /\.RetrieveUserPrivilegeByPrivilegeName\(/],
  ['user', /\/systemusers\([^()]*\)$/],
] as const;

export type RequestKind = (typeof KINDS)[number][0] | 'other';

export function kindOfRequest(pathname: string): RequestKind {
  return KINDS.find(([, path]) => path.test(pathname))?.[0] ?? 'other';
}
