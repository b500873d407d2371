/** HOST: whether Temporal can be reached, and has the namespace. */
import { msToTs, optionalTsToMs } from '@temporalio/common/lib/time';
import { messageOf } from '../common/message-of';
import { isLoopback } from '../common/schema/urls';
import { isDenied, isNotFound } from '../temporal/grpc-errors';
import { type Check, type Finding, found, passed, type Result } from './check';
import { counted } from './counted';
import type { Setup } from './setup';
import { WHERE_VARIABLES, wrongVariables } from './variables';

const GROUP = 'Temporal';
const DAY_MS = 86_400_000;

export const TEMPORAL_CHECKS: readonly Check[] = [
  {
    id: 'temporal-variables',
    group: GROUP,
    title: "Temporal's variables can be read",
    kind: 'configuration',
    run: (setup) => wrongVariables(setup.problemsWith(/^TEMPORAL_/)),
  },
  {
    id: 'temporal',
    group: GROUP,
    title: 'Temporal can be reached',
    kind: 'reach',
    needs: ['temporal-variables'],
    run: checkTemporal,
  },
  {
    id: 'namespace',
    group: GROUP,
    title: 'The namespace is there',
    needs: ['temporal'],
    run: checkNamespace,
    fix: registerNamespace,
  },
];

async function checkTemporal(setup: Setup): Promise<Result> {
  const address = setup.address;
  try {
    const { workflowService } = await setup.connection();
    const { serverVersion } = await workflowService.getSystemInfo({});
    return passed(`${address}${serverVersion ? `, server ${serverVersion}` : ''}`);
  } catch (error) {
    const isRefused = isDenied(error);
    return found({
      code: isRefused ? 'temporal-refused' : 'temporal-unreachable',
      what: isRefused
        ? `Temporal at ${address} refuses this caller`
        : `Temporal at ${address} does not answer`,
      why: messageOf(error),
      whatToDo: isRefused
        ? 'Check TEMPORAL_API_KEY, or the certificate that TEMPORAL_TLS_* names'
        : 'Check TEMPORAL_ADDRESS (host:port, of gRPC and not of the web UI), that the server runs, and TEMPORAL_TLS_* or TEMPORAL_API_KEY where it wants TLS',
      where: WHERE_VARIABLES,
    });
  }
}

async function checkNamespace(setup: Setup): Promise<Result> {
  const { namespace } = setup;
  try {
    const { workflowService } = await setup.connection();
    const { config } = await workflowService.describeNamespace({ namespace });
    const retentionMs = optionalTsToMs(config?.workflowExecutionRetentionTtl);
    const kept = retentionMs
      ? `, keeps what is over for ${counted(Math.round(retentionMs / DAY_MS), 'day')}`
      : '';
    return passed(`${namespace}${kept}`);
  } catch (error) {
    if (isNotFound(error)) return found(missing(setup));
    const isRefused = isDenied(error);
    return found({
      code: isRefused ? 'namespace-refused' : 'namespace-unknown',
      what: `Temporal does not say whether the namespace ${namespace} is there`,
      why: messageOf(error),
      whatToDo: isRefused
        ? 'Give the API key or the certificate access to this namespace, and check its name'
        : 'Look into the log of the server, and try again',
      where: 'TEMPORAL_NAMESPACE; on Temporal Cloud: Namespaces, the namespace, Permissions',
    });
  }
}

function missing(setup: Setup): Finding {
  const { namespace } = setup;
  return {
    code: 'namespace-missing',
    what: `Temporal has no namespace ${namespace}`,
    why: 'Neither workers nor clients can work in it',
    whatToDo: `Check TEMPORAL_NAMESPACE (on Temporal Cloud it ends with the account's id), or create it: temporal operator namespace create --namespace ${namespace}`,
    where: 'TEMPORAL_NAMESPACE; on Temporal Cloud: Namespaces',
    isFixable: isLocal(setup),
  };
}

/** Of a namespace that `--fix` creates. */
const RETENTION = '3 days';

/** A new namespace takes some seconds until every part of the server knows it. */
const KNOWN_WITHIN_MS = 20_000;
const LOOK_AGAIN_MS = 250;

/** Only on a server of this machine: elsewhere the name may be the mistake. */
async function registerNamespace(setup: Setup): Promise<string> {
  const { namespace } = setup;
  const { workflowService } = await setup.connection();
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs(RETENTION) });
  const until = Date.now() + KNOWN_WITHIN_MS;
  const isKnown = () => workflowService.listWorkflowExecutions({ namespace }).then(yes, no);
  while (!(await isKnown()) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  return `the namespace ${namespace} was created`;
}

const yes = () => true;
const no = () => false;

function isLocal(setup: Setup): boolean {
  const url = `tcp://${setup.address}`;
  return URL.canParse(url) && isLoopback(new URL(url).hostname);
}
