/**
 * SHARED: may run anywhere. The codes with which a desktop flow run ends badly (column `errorcode`), in words for a
 * person: what each means and what helps.
 *
 * The codes are those of Microsoft's "Troubleshoot errors when you run attended or unattended desktop flows" and its
 * sister articles, written for the cloud-flow action; that a run started by the API leaves the same ones is expected,
 * not documented. The categories are our own judgement. A code that is not here is never retried by itself.
 */

/**
 * Whether a new run makes sense:
 * - `notExecuted`: passing, and nothing was executed yet: a new run makes sense
 * - `maybePartlyExecuted`: passing, but the robot may have done part of its work
 * - `needsPerson`: may heal once somebody has done something
 * - `permanent`: will happen again until the configuration changes
 */
export type RunErrorCategory = 'notExecuted' | 'maybePartlyExecuted' | 'needsPerson' | 'permanent';

export interface RunErrorCode {
  /** One clause, without a full stop. */
  readonly meaning: string;
  /** What to do: one sentence, without a full stop. */
  readonly action: string;
  readonly category: RunErrorCategory;
}

type Entry = readonly [code: string, meaning: string, action: string];

const NOT_EXECUTED: readonly Entry[] = [
  [
    'SessionExistsForTheUserWhenUnattended',
    'The user of the connection has a Windows session on the machine, which may be locked',
    'Sign that session out',
  ],
  [
    'UnattendedUserSessionDisconnected',
    'The user of the connection has left a disconnected session on the machine',
    'Sign that session out',
  ],
  [
    'UnattendedUserSessionLocked',
    'The user of the connection has a locked session on the machine',
    'Sign that session out',
  ],
  [
    'Win10AlreadyHasActiveSession',
    'Somebody has an active session on the Windows 10 or 11 machine',
    'Sign that session out',
  ],
  ['TooManyActiveSessions', 'The Windows Server has no session left', 'Sign a session out, or add a machine'],
  [
    'ExistingRecordingSession',
    'Another user is recording or testing a flow on the server',
    'Wait until that is over',
  ],
  [
    'LocalPlaybackOrRecordingOngoing',
    'Somebody is recording or testing a flow in that session',
    'Wait until that is over',
  ],
  [
    'UIFlowAlreadyRunning',
    'A flow is running on the machine already, or its user is signed in',
    'Wait, or add machines',
  ],
  [
    'NoListenerConnected',
    'The machine is offline',
    'Start the machine, and see that its Power Automate service is connected',
  ],
  [
    'ConnectionNotEstablished',
    'The machine did not accept the connection in time',
    'Check network, firewall, and that the machine is online',
  ],
  [
    'NoCandidateMachine',
    'The run waited in the queue for too long, or no machine fits it',
    'Add machines or spread the load; check which machines are online',
  ],
  [
    'DesktopFlowsActionThrottled',
    'Too many flows use the connection at once',
    'Spread the runs over several connections',
  ],
  [
    'OnPremiseDataGatewayNotAvailable',
    'The data gateway, which is deprecated, or its machine is down',
    'Start it, or move to a direct connection',
  ],
  ['AuthTokenNotYetValid', "The machine's clock is ahead", 'Correct the clock'],
  [
    'TotalChunksMismatch',
    'What was sent to the machine arrived damaged',
    'Check disk and network; make the flow smaller',
  ],
  [
    'AgentHasNotStarted',
    'The session was made, but the agent in it could not start',
    'Check the load of the machine',
  ],
  [
    'SessionCreationTimeout',
    'The Windows session was not ready in time, 3 minutes by default',
    'Update the machine, or raise SessionCreationTimeoutSeconds on it',
  ],
];

const MAYBE_PARTLY_EXECUTED: readonly Entry[] = [
  [
    'SessionNotFound',
    'The session of the run has vanished, for example by a restart',
    'See what the robot has done; register cloned machines again',
  ],
  [
    'SessionHasLoggedOff',
    'The session was signed off during the run',
    'Find the person, script or policy that did it, and see what the robot has done',
  ],
  [
    'ConnectionTimeout',
    'The machine did not reply in time',
    'Check the network, and see what the robot has done',
  ],
  [
    'DesktopFlowMalformedMachineResponse',
    'The machine answered in a way that cannot be understood',
    'Check its load and network, and update it',
  ],
  ['WcfServerCrash', 'The machine broke down while it answered', 'Check its load and network, and update it'],
  [
    'DataverseTimeout',
    'A call to Dataverse took too long after the run was started',
    'See what the robot has done; check the capacity of Dataverse',
  ],
  [
    'AgentNotReachable',
    'The machine has lost contact with the agent in the session',
    'Check the load of the machine, or raise AgentPingTimeoutSeconds on it',
  ],
  [
    'UnresponsiveAgent',
    'The agent in the session does not answer',
    'Check the load of the machine, or restart it',
  ],
  [
    'GatewayTimeout',
    'A technical error that Microsoft does not explain further',
    "See what the robot has done; ask Microsoft's support",
  ],
];

const NEEDS_PERSON: readonly Entry[] = [
  [
    'AttendedUserSessionNotActive',
    "The user's session is locked or disconnected",
    'Unlock or reconnect the session on the machine',
  ],
  [
    'AttendedUserNotLoggedIn',
    'The user of the connection is not signed in on the machine',
    'Sign in on the machine',
  ],
  [
    'NoUnlockedActiveSessionForAttended',
    'The user has no unlocked session on the machine (older name)',
    'Sign in on the machine, and unlock the session',
  ],
  [
    'NoSessionFoundForPasswordless',
    'The connection relies on an open session, and there is none',
    'Sign in on the machine, or run the flow unattended',
  ],
  [
    'SessionCreationError',
    'No remote desktop session could be made, for an unknown reason',
    'Try remote desktop by hand; look for legal notices and the domain controller',
  ],
  ['SessionCreationWinLogonFailure', 'Windows made no session', 'Restart the machine'],
  [
    'UIFlowAgentNotAvailable',
    'The Power Automate service on the machine is not running',
    'Start the service UIFlowService',
  ],
  [
    'UIFlowAgentLauncherServiceIsNotRunning',
    'The service that starts the agent is not running on the machine',
    'Start that service',
  ],
  [
    'UnableToCallCrlEndpoint',
    'The machine cannot reach the list of revoked certificates',
    'Open the network to it',
  ],
];

const PERMANENT: readonly Entry[] = [
  [
    'UnsupportedRpaScriptSchemaVersion',
    'The flow was made with a newer version than the machine has',
    'Update Power Automate on the machine',
  ],
  [
    'InvalidUIFlowsCertificates',
    'A certificate of the desktop application has expired',
    'Update Power Automate on the machine',
  ],
  [
    'WindowsIdentityIncorrect',
    'Windows refuses the account of the connection',
    'Correct user name, its format, or the password in the connection',
  ],
  [
    'SessionCreationInvalidCredentials',
    'Windows refuses the credentials for the session',
    'Write the user as user@domain.com for Entra, or as domain\\user',
  ],
  [
    'SessionCreationErrorWithThirdPartyCredentialProvider',
    'The machine has a credential provider that is not supported',
    'Uninstall it',
  ],
  [
    'SessionCreationUserPromptedForCredentialsAfterConnection',
    'Windows asked for credentials once more',
    'Change the sign-in policy of the machine',
  ],
  [
    'MSEntraMachineAlwaysPromptingForPassword',
    'The machine always asks for the password',
    'Change that policy of the machine',
  ],
  [
    'MSEntraLogonFailure',
    'The Entra credentials could not be checked',
    'Turn Network Level Authentication off on the machine',
  ],
  [
    'AadLogonFailure',
    'The Entra credentials could not be checked (older name)',
    'Turn Network Level Authentication off on the machine',
  ],
  [
    'SessionNotFoundAfterCreation',
    'The service may not list remote sessions',
    'Add its account to the group Remote Desktop Users',
  ],
  [
    'UIFlowServiceNoRdpPermissions',
    'The service may not list remote sessions',
    'Add its account to the group Remote Desktop Users',
  ],
  [
    'RdpPermissionNotGranted',
    'The user of the connection may not use remote desktop',
    'Allow it by group or policy',
  ],
  ['RDPIsNotEnabled', 'Remote desktop is turned off on the machine', 'Turn it on'],
  ['LogonTypeNotGranted', 'The user lacks the right to sign in in this way', 'Grant it by policy'],
  [
    'AccountLockedOut',
    'The Windows account is locked',
    'Have an administrator unlock it; more runs would make it worse',
  ],
  [
    'SessionHasLoggedOffWithMaxIdleTime',
    'A policy ended the session because it was idle',
    'Raise the idle limit in the remote desktop policy',
  ],
  [
    'MaxRDSessionDurationReached',
    'A policy ended the session because it had lasted too long',
    'Raise the session limit in the remote desktop policy',
  ],
  [
    'UnattendedUnsupportedWithOldConnection',
    'The connection is too old for unattended runs',
    'Make a new connection',
  ],
  [
    'ExpiredDesktopFlowConnection',
    "The machine's certificate was renewed, and the connection does not know it",
    'Open and save the connection',
  ],
  ['DnsError', 'The address of the machine is not found', 'Register the machine again'],
  ['EndpointDoNotExist', 'The registration of the machine was deleted', 'Register the machine again'],
  [
    'MachineNotFound',
    'The machine was unregistered, or the organization has moved',
    'Check its registration, and the connection',
  ],
  ['GroupIsEmpty', 'The machine group has no machine', 'Add machines to it'],
  ['XrmMachineGroupNotFound', 'The machine group was deleted', 'Make it again, and update the connection'],
  [
    'UnallowedTenantForConnectWithSignIn',
    'The machine does not allow this tenant',
    "Add the tenant to the machine's list",
  ],
  [
    'DesktopFlowsActionTimeout',
    'The robot ran for longer than its time-out',
    'Raise timeout, or split the flow',
  ],
];

function table(category: RunErrorCategory, entries: readonly Entry[]): [string, RunErrorCode][] {
  return entries.map(([code, meaning, action]) => [code, { meaning, action, category }]);
}

/** By code, as Dataverse writes it. */
export const RUN_ERROR_CODES: ReadonlyMap<string, RunErrorCode> = new Map([
  ...table('notExecuted', NOT_EXECUTED),
  ...table('maybePartlyExecuted', MAYBE_PARTLY_EXECUTED),
  ...table('needsPerson', NEEDS_PERSON),
  ...table('permanent', PERMANENT),
]);

const BY_LOWER_CASE = new Map([...RUN_ERROR_CODES].map(([code, known]) => [code.toLowerCase(), known]));

/** What is known of a code, in any case; undefined for one that Microsoft does not document. */
export function explainRunError(code: string): RunErrorCode | undefined {
  return BY_LOWER_CASE.get(code.toLowerCase());
}

const SUB_CODES = [
  'SessionExistsForTheUserWhenUnattended',
  'UnattendedUserSessionDisconnected',
  'UnattendedUserSessionLocked',
  'AttendedUserSessionNotActive',
  'AttendedUserNotLoggedIn',
  'UIFlowAlreadyRunning',
];

/**
 * The sub-code of a `NoCandidateMachine`: why no machine could take the run. In which text Dataverse puts it is not
 * documented, so it is found wherever it stands literally; sentences are never interpreted.
 */
export function noCandidateSubCode(texts: readonly string[]): string | undefined {
  for (const text of texts) {
    const found = SUB_CODES.find((code) => new RegExp(`(?<!\\w)${code}(?!\\w)`, 'i').test(text));
    if (found !== undefined) return found;
  }
  return undefined;
}
