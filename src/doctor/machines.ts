/** HOST: whether there are machines, which have reported lately, with capacity. */
import { type Check, type Finding, found, passed, type Result, untold } from './check';
import { counted } from './counted';
import { PAGES } from './portals';
import { isForbidden, refusalOf } from './refusals';
import { depthsOf } from './rights';
import type { Setup } from './setup';

const GROUP = 'Machines';

export const MACHINE_CHECKS: readonly Check[] = [
  {
    id: 'machines',
    group: GROUP,
    title: 'There are machines, and they report',
    needs: ['application-user'],
    run: checkMachines,
  },
  {
    id: 'machine-capacity',
    group: GROUP,
    title: 'The machines have capacity',
    needs: ['machines'],
    run: checkCapacity,
  },
];

const MACHINES =
  'flowmachines?$select=name,hostingtype,lastheartbeatdate,overcapacitysince,sessioncapacity,statecode';

/** How often a machine reports is not documented: one that has not for so long is taken to be off. */
const SILENT_AFTER_MS = 30 * 60_000;

const ACTIVE = 0;
/** One that its owner runs; hosted machines are turned on when they are needed. */
const CUSTOMER = 0;

interface Machine {
  name: string;
  isHosted: boolean;
  isActive: boolean;
  reportedAt: number | undefined;
  sessions: number;
  overCapacitySince: string | undefined;
}

async function readMachines(setup: Setup): Promise<Machine[]> {
  const rows = await setup.rows(MACHINES);
  return rows.map((row) => ({
    name: String(row.name),
    isHosted: (row.hostingtype ?? CUSTOMER) !== CUSTOMER,
    isActive: (row.statecode ?? ACTIVE) === ACTIVE,
    reportedAt: typeof row.lastheartbeatdate === 'string' ? Date.parse(row.lastheartbeatdate) : undefined,
    sessions: Number(row.sessioncapacity ?? 1),
    overCapacitySince: typeof row.overcapacitysince === 'string' ? row.overcapacitysince : undefined,
  }));
}

async function checkMachines(setup: Setup): Promise<Result> {
  try {
    const machines = await readMachines(setup);
    if (machines.length === 0) return noMachine(setup);
    const isThere = (machine: Machine) => machine.isHosted || isAlive(machine);
    const silent = machines.filter((machine) => !isThere(machine));
    const alive = machines.length - silent.length;
    if (alive === 0) return found(silentMachines(silent));
    const others = silent.length > 0 ? `; not ${silent.map(({ name }) => name).join(', ')}` : '';
    return passed(`${alive} of ${machines.length}${others}`);
  } catch (error) {
    if (isForbidden(error)) return untold('the user may not read machines, and need not');
    return found(refusalOf(error, 'the machines'));
  }
}

function isAlive({ isActive, reportedAt }: Machine): boolean {
  return isActive && reportedAt !== undefined && Date.now() - reportedAt < SILENT_AFTER_MS;
}

/** An empty list says something only where the user would see every row, and nothing makes machines when they are needed. */
async function noMachine(setup: Setup): Promise<Result> {
  const depths = (await depthsOf(setup, 'prvReadflowmachine')) ?? [];
  if (!depths.includes('Global')) return untold('it sees no machine; others may have some');
  const groups = await setup.rows('flowmachinegroups?$select=name&$top=1');
  if (groups.length > 0) return untold('there are machine groups, and no machine in them just now');
  return found({
    code: 'no-machine',
    what: 'No machine is registered in this environment',
    why: 'Robots wait up to six hours for one, and fail with NoCandidateMachine',
    whatToDo:
      'Install Power Automate for desktop on a machine, and register it in this environment with the machine runtime app',
    where: PAGES.machines,
  });
}

function silentMachines(silent: readonly Machine[]): Finding {
  const told = silent.map(({ name, reportedAt, isActive }) => {
    const last = reportedAt === undefined ? 'never' : new Date(reportedAt).toISOString();
    return `${name}: last ${last}${isActive ? '' : ', not active'}`;
  });
  return {
    code: 'machines-silent',
    what: 'No machine has reported for half an hour',
    why: told.join('; '),
    whatToDo:
      'Turn a machine on, see that its service UIFlowService runs, and that it gets out to the network; end its maintenance mode',
    where: PAGES.machines,
  };
}

async function checkCapacity(setup: Setup): Promise<Result> {
  const machines = await readMachines(setup).catch((error: unknown) => {
    if (isForbidden(error)) return [];
    throw error;
  });
  if (machines.length === 0) return untold('it sees no machine');
  const over = machines.filter(({ overCapacitySince }) => overCapacitySince !== undefined);
  if (over.length === 0) {
    const sessions = machines.reduce((sum, machine) => sum + machine.sessions, 0);
    return passed(`${counted(sessions, 'session')} at once, in all`);
  }
  return found({
    code: 'machines-over-capacity',
    what: `Machines are over their capacity: ${over.map(({ name }) => name).join(', ')}`,
    why: 'More unattended robots at once are asked of them than they have capacity for',
    whatToDo: 'Assign more Process capacity (unattended) to them, or have fewer robots at once',
    where: `${PAGES.capacity}; ${PAGES.machines}`,
  });
}
