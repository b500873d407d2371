/** HOST: what Microsoft Entra ID's codes mean for a worker, and what to do (Microsoft: "Microsoft Entra authentication and authorization error codes"). */
import { PAGES } from './portals';

export interface TokenRefusal {
  what: string;
  whatToDo: string;
  where: string;
}

const SECRET_VARIABLE = 'POWER_AUTOMATE_CLIENT_SECRET';
const ID_VARIABLE = 'POWER_AUTOMATE_CLIENT_ID';
const ENDPOINT_VARIABLE = 'POWER_AUTOMATE_TOKEN_ENDPOINT';

const WRONG_SECRET: TokenRefusal = {
  what: 'The client secret is wrong',
  whatToDo: `Put the Value of the secret into ${SECRET_VARIABLE}, not its Secret ID. It is shown only once: create a new one if it is lost`,
  where: PAGES.appSecrets,
};

const CERTIFICATE_FILE = 'POWER_AUTOMATE_CLIENT_CERTIFICATE_FILE';

const UNKNOWN_CERTIFICATE: TokenRefusal = {
  what: 'The certificate is not registered for the application',
  whatToDo: `Upload the certificate, without its private key, or put the one that is registered into ${CERTIFICATE_FILE}`,
  where: PAGES.appSecrets,
};

const UNKNOWN_FEDERATION: TokenRefusal = {
  what: 'The application does not trust the service account of this pod',
  whatToDo:
    'Add a federated credential with the issuer of the cluster and the subject system:serviceaccount:NAMESPACE:NAME, and the audience api://AzureADTokenExchange',
  where: PAGES.appFederation,
};

const OUT_OF_TIME: TokenRefusal = {
  what: 'What the application proves itself by is over, or not valid yet',
  whatToDo:
    'Check the clock of this machine, and that the token file of the pod is a projected volume, which Kubernetes renews',
  where: PAGES.appFederation,
};

const UNKNOWN_APPLICATION: TokenRefusal = {
  what: 'The tenant knows no application with this client id',
  whatToDo: `Compare ${ID_VARIABLE} with the Application (client) ID, not the Object ID, and the tenant in ${ENDPOINT_VARIABLE} with the Directory (tenant) ID`,
  where: PAGES.appRegistration,
};

const UNKNOWN_TENANT: TokenRefusal = {
  what: 'There is no such tenant, at least not in this cloud',
  whatToDo: `Put the Directory (tenant) ID into ${ENDPOINT_VARIABLE}; its host differs for the clouds of the US government (login.microsoftonline.us) and of China`,
  where: PAGES.appRegistration,
};

const DISABLED_APPLICATION: TokenRefusal = {
  what: 'The application is disabled in its tenant',
  whatToDo: 'Allow sign-in for it (Enabled for users to sign-in: Yes), or take another application',
  where: PAGES.enterpriseApplication,
};

const UNKNOWN_ORGANIZATION: TokenRefusal = {
  what: 'The tenant knows no Dataverse at the URL of the organization',
  whatToDo: `Check that POWER_AUTOMATE_ORGANIZATION_URI is an environment of the tenant in ${ENDPOINT_VARIABLE}`,
  where: PAGES.environment,
};

const BLOCKED: TokenRefusal = {
  what: 'A Conditional Access policy of the tenant does not let this application in from here',
  whatToDo: "Have the tenant's administrator allow this application from the address of the workers",
  where: PAGES.conditionalAccess,
};

const MISSING_PARAMETER: TokenRefusal = {
  what: 'The token endpoint misses a part of the request',
  whatToDo: `Check that ${ENDPOINT_VARIABLE} is a token endpoint, and that nothing on the way changes requests`,
  where: PAGES.appEndpoints,
};

const PASSING: TokenRefusal = {
  what: 'Microsoft Entra ID is not available just now',
  whatToDo: 'Wait some minutes, and try again',
  where: 'https://admin.cloud.microsoft: Health, Service health',
};

export const TOKEN_REFUSALS: Readonly<Record<string, TokenRefusal>> = {
  AADSTS7000215: WRONG_SECRET,
  AADSTS70002: WRONG_SECRET,
  AADSTS7000222: {
    what: 'The client secret has expired',
    whatToDo: `Create a new secret, and put its Value into ${SECRET_VARIABLE}`,
    where: PAGES.appSecrets,
  },
  AADSTS7000216: { ...WRONG_SECRET, what: 'The token endpoint has seen no client secret' },
  AADSTS7000218: { ...WRONG_SECRET, what: 'The token endpoint has seen no client secret' },
  AADSTS700025: {
    what: 'The application is a public client, which has no secret',
    whatToDo: 'Turn "Allow public client flows" off, or register an application of its own for the workers',
    where: PAGES.appRegistration,
  },
  AADSTS700027: UNKNOWN_CERTIFICATE,
  AADSTS700024: OUT_OF_TIME,
  AADSTS70021: UNKNOWN_FEDERATION,
  AADSTS700211: UNKNOWN_FEDERATION,
  AADSTS700212: UNKNOWN_FEDERATION,
  AADSTS700213: UNKNOWN_FEDERATION,
  AADSTS50013: UNKNOWN_FEDERATION,
  AADSTS700016: UNKNOWN_APPLICATION,
  AADSTS700011: UNKNOWN_APPLICATION,
  AADSTS70001: UNKNOWN_APPLICATION,
  AADSTS7000112: DISABLED_APPLICATION,
  AADSTS90002: UNKNOWN_TENANT,
  AADSTS90038: UNKNOWN_TENANT,
  AADSTS50059: UNKNOWN_TENANT,
  AADSTS50128: UNKNOWN_TENANT,
  AADSTS900432: UNKNOWN_TENANT,
  AADSTS9001023: {
    what: 'The token endpoint is one for the users of all tenants',
    whatToDo: `Put the Directory (tenant) ID in the place of common, organizations or consumers in ${ENDPOINT_VARIABLE}`,
    where: PAGES.appEndpoints,
  },
  AADSTS500011: UNKNOWN_ORGANIZATION,
  AADSTS50001: UNKNOWN_ORGANIZATION,
  AADSTS650052: UNKNOWN_ORGANIZATION,
  AADSTS70011: UNKNOWN_ORGANIZATION,
  AADSTS53003: BLOCKED,
  AADSTS530035: BLOCKED,
  AADSTS50105: {
    what: 'The application takes only callers that are assigned to it',
    whatToDo: 'Turn "Assignment required" off, or assign the application',
    where: PAGES.enterpriseApplication,
  },
  AADSTS90014: MISSING_PARAMETER,
  AADSTS900144: MISSING_PARAMETER,
  AADSTS70003: MISSING_PARAMETER,
  AADSTS90006: PASSING,
  AADSTS90012: PASSING,
  AADSTS90024: PASSING,
  AADSTS90033: PASSING,
  AADSTS90055: { ...PASSING, what: 'The tenant has sent too many requests for tokens' },
};
