/** HOST: the pages of the portals where a set-up is mended, in the words of the portals. */

const ADMIN_CENTER = 'https://admin.powerplatform.microsoft.com';
const MAKER_PORTAL = 'https://make.powerautomate.com';
const ENTRA = 'https://entra.microsoft.com';

export const PAGES = {
  applicationUsers: `${ADMIN_CENTER}: Environments, the environment, Settings, Users + permissions, Application users`,
  securityRoles: `${ADMIN_CENTER}: Environments, the environment, Settings, Users + permissions, Security roles`,
  environment: `${ADMIN_CENTER}: Environments, the environment, Environment URL`,
  capacity: `${ADMIN_CENTER}: Billing, Licenses, Power Automate`,
  dataPolicies: `${ADMIN_CENTER}: Security, Data and privacy, Data policy`,
  appRegistration: `${ENTRA}: App registrations, the application, Overview`,
  appSecrets: `${ENTRA}: App registrations, the application, Certificates & secrets`,
  appFederation: `${ENTRA}: App registrations, the application, Certificates & secrets, Federated credentials`,
  appEndpoints: `${ENTRA}: App registrations, Endpoints, OAuth 2.0 token endpoint (v2)`,
  enterpriseApplication: `${ENTRA}: Enterprise applications, the application, Properties`,
  conditionalAccess: `${ENTRA}: Protection, Conditional Access, Sign-in logs of service principals`,
  desktopFlows: `${MAKER_PORTAL}: My flows, Desktop flows`,
  connections: `${MAKER_PORTAL}: More, Connections`,
  solutions: `${MAKER_PORTAL}: Solutions, the solution, Connection references`,
  machines: `${MAKER_PORTAL}: Monitor, Machines`,
} as const;
