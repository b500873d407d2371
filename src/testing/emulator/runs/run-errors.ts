/**
 * HOST, development only: the texts that Microsoft publishes for error codes of runs (Microsoft: support articles on
 * desktop flow connectivity, credentials, session limits and run queues). Other codes exist without a published text.
 */

const MESSAGES: Readonly<Record<string, string>> = {
  NoListenerConnected:
    'The endpoint was not found. There are no listeners connected for the endpoint. Check that your machine is online.',
  ConnectionNotEstablished:
    'None of the connected listeners accepted the connections within the allowed timeout. Check that your machine is online.',
  WindowsIdentityIncorrect: 'The credentials provided with the request are invalid.',
  SessionHasLoggedOff: 'The session logged off during run execution',
  NoCandidateMachine: 'No machine able to run the desktop flow has been found. Aborting execution.',
};

/** The example's text for a machine with a signed-in user (Microsoft: troubleshoot hosted machines). */
export const USER_SESSION_ON_MACHINE = `${MESSAGES.NoCandidateMachine} Error encountered when connecting to machines: There is a user session on the target machine. Cannot execute unattended desktop flow.`;

export function runErrorMessage(errorCode: string | undefined): string | undefined {
  return errorCode === undefined ? undefined : (MESSAGES[errorCode] ?? `The run ended with ${errorCode}.`);
}
