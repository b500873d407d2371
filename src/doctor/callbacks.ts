/** HOST: whether lost robots can be found by their callback URL, and whether callbacks arrive, as far as that shows from here. */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { messageOf } from '../common/message-of';
import { isInert, isLoopback, NO_CALLBACK_BASE_URL } from '../common/schema/urls';
import { DataverseError } from '../dataverse';
import { text } from '../dataverse/http/answers';
import type { HttpAnswer } from '../dataverse/http/exchange';
import { send } from '../dataverse/http/transport';
import { type Check, type Finding, found, passed, type Result, untold } from './check';
import { refusalOf } from './refusals';
import type { Setup } from './setup';
import { wrongVariables } from './variables';

const GROUP = 'Callbacks';
const VARIABLE = 'CALLBACK_BASE_URL';

export const CALLBACK_CHECKS: readonly Check[] = [
  {
    id: 'callback-variables',
    group: GROUP,
    title: 'The variables of callbacks can be read',
    kind: 'configuration',
    // Which base is right depends on them.
    needs: ['organization-url', 'credentials'],
    run: checkVariables,
  },
  {
    id: 'callback-filter',
    group: GROUP,
    title: 'Robots can be found by their callback URL',
    needs: ['callback-variables', 'runs'],
    run: checkFilter,
  },
  {
    id: 'callback-host',
    group: GROUP,
    title: 'The host of the callback URL can be reached from outside',
    needs: ['callback-variables'],
    applies: isCalled,
    run: checkHost,
  },
  {
    id: 'callback-receiver',
    group: GROUP,
    title: 'The receiver of callbacks answers',
    needs: ['callback-host'],
    applies: isCalled,
    run: checkReceiver,
  },
];

function baseOf({ powerAutomate }: Setup): string {
  return powerAutomate?.callbackBaseUrl ?? NO_CALLBACK_BASE_URL;
}

function isCalled(setup: Setup): boolean {
  const base = baseOf(setup);
  return base !== NO_CALLBACK_BASE_URL && !isInert(base);
}

function checkVariables(setup: Setup): Result {
  const problems = setup.problemsWith(/^CALLBACK_/);
  if (problems.length > 0) return wrongVariables(problems, 'callback-variable-wrong');
  const base = baseOf(setup);
  if (base === NO_CALLBACK_BASE_URL)
    return passed('no URL travels: a robot whose answer was lost can seldom be told from others');
  return passed(isInert(base) ? 'a URL that is never called: workers look for the ends of robots' : base);
}

async function checkFilter(setup: Setup): Promise<Result> {
  if (baseOf(setup) === NO_CALLBACK_BASE_URL) return passed('not needed');
  const filter = encodeURIComponent("contains(callbackurl,'temporal-power-automate-doctor')");
  try {
    await setup.rows(`flowsessions?$select=flowsessionid&$filter=${filter}&$top=1`);
    return passed('');
  } catch (error) {
    if (!(error instanceof DataverseError) || error.kind !== 'badRequest') {
      return found(refusalOf(error, 'the desktop flow runs of one callback URL'));
    }
    return found({
      code: 'callbackurl-not-filterable',
      what: 'Dataverse does not look runs up by the column callbackurl',
      why: error.message,
      whatToDo: `Set ${VARIABLE}=off: robots whose answer was lost are then told by flow, user and time, where that is unmistakable`,
      where: `${VARIABLE}, of every worker`,
    });
  }
}

/** Nets of which no host is on the internet (RFC 1918, 6598, 3927, 4193, 4291, 6890). */
const PRIVATE_NETS = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
  ['0.0.0.0', 8],
  ['fc00::', 7],
  ['fe80::', 10],
  ['::1', 128],
] as const;

const versionOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const privateNets = new BlockList();
for (const [net, prefix] of PRIVATE_NETS) privateNets.addSubnet(net, prefix, versionOf(net));

export function isPrivate(address: string): boolean {
  return privateNets.check(address, versionOf(address));
}

/** An emulator on this machine calls back on this machine. */
function isAllLocal(setup: Setup): boolean {
  return [baseOf(setup), setup.organization].every((url) => isLoopback(new URL(url).hostname));
}

async function checkHost(setup: Setup): Promise<Result> {
  if (isAllLocal(setup)) return passed('on this machine, as the organization is');
  const { hostname } = new URL(baseOf(setup));
  let addresses: string[];
  try {
    addresses = (await lookup(hostname, { all: true })).map(({ address }) => address);
  } catch (error) {
    return found({
      code: 'callback-host-unknown',
      what: `DNS does not know the host of ${VARIABLE}, ${hostname}`,
      why: messageOf(error),
      whatToDo: 'Add the host to the public DNS, or correct its name',
      where: `the DNS zone of ${hostname}; ${VARIABLE}`,
    });
  }
  if (!addresses.every(isPrivate))
    return passed(
      `${hostname} has a public address; whether a firewall lets Azure in does not show from here`,
    );
  return found({
    code: 'callback-host-private',
    what: `The host of ${VARIABLE}, ${hostname}, has a private address alone`,
    why: `From here DNS answers ${addresses.join(', ')}, where Dataverse cannot call`,
    whatToDo: `Put a proxy with a public address in front, open to the service tag AzureCloud; or leave ${VARIABLE} out, and have the workers look`,
    where: 'docs/callbacks.md; the DNS zone and the firewall in front of the receiver',
  });
}

/** No run has this path: a receiver of this project refuses it. */
const NOBODYS_PATH = 'doctor';
const REFUSED_BY_RECEIVER = 'no run waits here';
const MOST_BYTES = 64 * 1024;

async function checkReceiver(setup: Setup): Promise<Result> {
  const base = baseOf(setup);
  const url = new URL(`${base.replace(/\/$/, '')}/${NOBODYS_PATH}`);
  try {
    const answer = await send({
      method: 'POST',
      url,
      headers: {},
      timeoutMs: setup.patienceMs,
      maxBytes: MOST_BYTES,
    });
    if (answer.status === 404 && text(answer).includes(REFUSED_BY_RECEIVER))
      return passed('it answers from here');
    if (answer.status === 429) return untold('the receiver answers that there were too many calls');
    return found(anotherAnswer(url, answer));
  } catch (error) {
    if (!(error instanceof DataverseError)) throw error;
    return found(noAnswer(url, error));
  }
}

function anotherAnswer({ host }: URL, { status }: HttpAnswer): Finding {
  const isGateway = status >= 500;
  return {
    code: isGateway ? 'callback-receiver-down' : 'callback-not-receiver',
    what: isGateway
      ? `${host} answers ${status}: nothing seems to listen behind the proxy`
      : `${host} answers ${status}, and not as a receiver of callbacks does`,
    why: 'Callbacks are lost; runs end with their next look instead',
    whatToDo: isGateway
      ? 'Start the receiver: CALLBACK_PORT of a worker, or desktop-flow callbacks'
      : 'Have the proxy pass this path on to CALLBACK_PORT, POST requests and all below it',
    where: 'docs/callbacks.md; the proxy in front of the receiver',
  };
}

function noAnswer({ host }: URL, error: DataverseError): Finding {
  return {
    code: 'callback-unreachable',
    what: `${host} does not answer to a callback`,
    why: error.message,
    whatToDo:
      'Start the receiver (CALLBACK_PORT of a worker, or desktop-flow callbacks) and its proxy, and check certificate and firewall',
    where: `docs/callbacks.md; ${VARIABLE}`,
  };
}
