/**
 * HOST, development only: starts runs by RunDesktopFlow (Microsoft: desktop-flow-public-apis;
 * webapi/reference/rundesktopflow for types and limits).
 */
import { LICENSE_MESSAGES } from '../faults/license';
import { type Answer, UnverifiedRefusal } from '../odata/answers';
import type { Flow } from '../setup/flows-file';
import { type Call, flowOf, noQueryOptions } from './call';
import { checkCallbackUrl } from './callback-url';
import { readTriggerBody, type TriggerBody } from './trigger-body';

const RUN_DESKTOP_FLOW_API = 3;

export function triggerRun(call: Call): Answer {
  const { world } = call;
  const { settings } = world;
  noQueryOptions(call);
  const flow = flowOf(call);
  const body = readTriggerBody(call);
  if (flow.category === 'cloud') {
    throw new UnverifiedRefusal('badParameter', `The flow ${flow.id} is no desktop flow.`);
  }
  if (flow.suspended) {
    throw new UnverifiedRefusal('suspendedFlow', `The desktop flow ${flow.id} is suspended by a policy.`);
  }
  const connection = world.runs.machines.connection(body.connectionName, body.connectionType);
  if (connection === undefined) {
    throw new UnverifiedRefusal(
      'unknownConnection',
      `The connection '${body.connectionName}' was not found.`,
    );
  }
  checkInputs(call, flow, body);
  checkCallbackUrl(body.callbackUrl, settings);
  if (!world.startRate.admit(connection, settings.now())) {
    throw new UnverifiedRefusal('startRate', 'Too many desktop flow runs were started with this connection.');
  }

  const license = call.faults.find('license');
  const code = license?.code ?? 'ValidLicenseCoverage';
  const blocked = license?.blocks
    ? { status: settings.statuses.unlicensed, errorCode: code, errorMessage: LICENSE_MESSAGES[code] }
    : undefined;
  const visibilityDelayMs = call.faults.find('invisible')?.duration ?? settings.visibilityDelayMs;
  const start = (lagMs = 0) =>
    world.runs.start(
      {
        flow,
        connection,
        runMode: body.runMode,
        priority: body.runPriority,
        inputs: body.inputs,
        timeoutMs: body.timeout * 1000,
        callbackUrl: body.callbackUrl,
        createdBy: world.identity.UserId,
        triggerType: RUN_DESKTOP_FLOW_API,
        visibilityDelayMs: visibilityDelayMs + lagMs,
        end: world.nextEnd(flow, body.inputs),
      },
      blocked,
    );
  const run = start();
  const duplicate = call.faults.find('duplicate');
  if (duplicate?.on === 'trigger') start(duplicate.lag);
  const id = call.faults.find('wrongCase')
    ? { flowsessionid: run.id.toUpperCase() }
    : { flowsessionId: run.id };
  const root = call.path.slice(0, call.path.indexOf('/workflows('));
  return {
    status: 200,
    body: {
      '@odata.context': `${call.origin}${root}/$metadata#Microsoft.Dynamics.CRM.RunDesktopFlowResponse`,
      ...id,
      licenseCheck: { code, message: LICENSE_MESSAGES[code] },
    },
  };
}

function checkInputs({ world }: Call, flow: Flow, { inputs = '{}' }: TriggerBody): void {
  if (!world.settings.checkInputs) return;
  for (const [name, value] of Object.entries(JSON.parse(inputs))) {
    const property = Object.hasOwn(flow.inputs, name) ? flow.inputs[name] : undefined;
    if (property === undefined) throw new UnverifiedRefusal('badInputs', `The flow has no input '${name}'.`);
    if (typeof value !== property.type) {
      throw new UnverifiedRefusal('badInputs', `The input '${name}' must be a ${property.type}.`);
    }
  }
}
