/** Temporal's server as its four services, each a process on a host of its own, over one database. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { addressOf, type Host, SERVICES } from './hosts';
import { Program } from './program';

const run = promisify(execFile);

const PORTS = {
  frontend: { grpcPort: 7233, membershipPort: 6933 },
  matching: { grpcPort: 7235, membershipPort: 6935 },
  history: { grpcPort: 7234, membershipPort: 6934 },
  worker: { grpcPort: 7239, membershipPort: 6939 },
};

export const TEMPORAL_ADDRESS = `${addressOf('frontend')}:${PORTS.frontend.grpcPort}`;

/** With Temporal's schemas, which are part of its tool. */
export async function makeDatabases(schemaTool: string): Promise<void> {
  const common = [
    '--plugin',
    'postgres12',
    '--ep',
    addressOf('postgres'),
    '-p',
    '5432',
    '-u',
    'postgres',
    '--pw',
    'none',
  ];
  for (const [database, schema] of [
    ['temporal', 'postgresql/v12/temporal'],
    ['temporal_visibility', 'postgresql/v12/visibility'],
  ] as const) {
    const tool = (...args: string[]) => run(schemaTool, [...common, '--db', database, ...args]);
    await tool('create');
    await tool('setup-schema', '-v', '0.0');
    await tool('update-schema', '--schema-name', schema);
  }
}

export function startServices(server: string, folder: string): Program[] {
  return (Object.keys(SERVICES) as (keyof typeof SERVICES)[]).map((host) => {
    const config = path.join(folder, `${host}.yaml`);
    // YAML is a superset of JSON.
    writeFileSync(config, JSON.stringify(configuration(host, path.join(folder, 'dynamic.yaml'))));
    writeFileSync(path.join(folder, 'dynamic.yaml'), 'matching.enableFairness:\n  - value: true\n');
    return new Program(host, {
      host,
      command: [server, '--config-file', config, '--allow-no-auth', 'start', '--service', SERVICES[host]],
      log: path.join(folder, `${host}.log`),
    });
  });
}

function configuration(host: Host, dynamic: string): object {
  const address = addressOf(host);
  const store = (databaseName: string) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: `${addressOf('postgres')}:5432`,
      connectProtocol: 'tcp',
      user: 'postgres',
      password: 'none',
      maxConns: 20,
      maxIdleConns: 20,
      maxConnLifetime: '1h',
    },
  });
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: 4,
      datastores: { default: store('temporal'), visibility: store('temporal_visibility') },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: address } },
    services: Object.fromEntries(
      Object.entries(PORTS).map(([name, ports]) => [name, { rpc: { ...ports, bindOnIP: address } }]),
    ),
    publicClient: { hostPort: TEMPORAL_ADDRESS },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: TEMPORAL_ADDRESS,
        },
      },
    },
    dynamicConfigClient: { filepath: dynamic, pollInterval: '10s' },
  };
}
