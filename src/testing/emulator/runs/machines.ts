/** HOST, development only: finds machines for runs. */
import { randomUUID } from 'node:crypto';
import type { Environment } from '../setup/flows-file';
import type { Machine, Run } from './run';
import { USER_SESSION_ON_MACHINE } from './run-errors';

export type Placement =
  | { readonly machine: Machine }
  | 'wait'
  | { readonly errorCode: string; readonly errorMessage?: string };

export interface ConnectionReference {
  readonly id: string;
  readonly logicalName: string;
  readonly connection: string;
}

export class Machines {
  readonly #machines: Machine[];
  readonly references: readonly ConnectionReference[];
  /** Whether each connection has a machine of its own, because the flows file holds no machines. */
  readonly isOpen: boolean;
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.isOpen = environment.machines === undefined;
    this.#machines = (environment.machines ?? []).map((machine) => ({
      ...machine,
      id: randomUUID(),
      running: new Set<string>(),
    }));
    this.references = Object.entries(environment.connectionReferences).map(([logicalName, connection]) => ({
      id: randomUUID(),
      logicalName,
      connection,
    }));
  }

  /** Without machines in the flows file: those of the connections that have been used until now. */
  get all(): readonly Machine[] {
    return this.#machines;
  }

  /** Finds the connection behind a name. */
  connection(name: string, type: number): string | undefined {
    const { connectionReferences } = this.#environment;
    const reference = Object.hasOwn(connectionReferences, name) ? connectionReferences[name] : undefined;
    if (type === 2) return reference ?? (this.isOpen ? name : undefined);
    return this.isOpen || this.#machines.some((machine) => machine.connections.includes(name))
      ? name
      : undefined;
  }

  /** Finds where the run can start now; a run mode that no machine takes fails at once (Microsoft: manage-machines). */
  place({ connection, runMode }: Run): Placement {
    const group = this.#group(connection);
    if (group.length === 0) return { errorCode: 'GroupIsEmpty' };
    const fitting = group.filter(({ mode }) => mode === 'any' || mode === runMode);
    if (fitting.length === 0) {
      return {
        errorCode: 'NoCandidateMachine',
        ...(runMode === 'unattended' ? { errorMessage: USER_SESSION_ON_MACHINE } : {}),
      };
    }
    const free = fitting.find(({ online, running, sessions }) => online && running.size < sessions);
    return free === undefined ? 'wait' : { machine: free };
  }

  #group(connection: string): readonly Machine[] {
    const group = this.#machines.filter((machine) => machine.connections.includes(connection));
    if (group.length > 0 || !this.isOpen) return group;
    const machine: Machine = {
      id: randomUUID(),
      name: `machine of ${connection}`,
      connections: [connection],
      mode: 'any',
      sessions: 1,
      online: true,
      running: new Set(),
    };
    this.#machines.push(machine);
    return [machine];
  }
}
