import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { actionsOf, samplesOf, settledActions } from '../../bench/harness/prometheus';

/** As Temporal's server writes them. */
const PAGE = `# HELP action action counter
# TYPE action counter
action{action_type="command_StartTimer",namespace="default",operation="RespondWorkflowTaskCompleted",service_name="frontend"} 12
action{action_type="grpc_StartWorkflowExecution",namespace="default",operation="StartWorkflowExecution",service_name="frontend"} 3
action{action_type="grpc_StartWorkflowExecution",namespace="temporal_system",operation="StartWorkflowExecution",service_name="frontend"} 2
action{action_type="grpc_SignalWorkflowExecution",namespace="default",operation="SignalWorkflowExecution",service_name="frontend"} 0
action_latency{namespace="default"} 7
restarts 1.5e+06
`;

test('actions are counted by type, of one namespace alone', () => {
  expect(actionsOf(PAGE, 'default')).toEqual({ command_StartTimer: 12, grpc_StartWorkflowExecution: 3 });
  expect(actionsOf(PAGE, 'nowhere')).toEqual({});
});

test('the same type of two operations is one', () => {
  const line = (operation: string) => `action{action_type="a",namespace="n",operation="${operation}"} 2`;
  expect(actionsOf(`${line('x')}\n${line('y')}\n`, 'n')).toEqual({ a: 4 });
});

test('a metric is not taken for one whose name begins in the same way', () => {
  expect(samplesOf(PAGE, 'action')).toHaveLength(4);
});

test('metrics without labels and values with exponents are read', () => {
  expect(samplesOf(PAGE, 'restarts')).toEqual([{ labels: {}, value: 1_500_000 }]);
});

describe('a server whose counters come late', () => {
  let server: Server;
  afterEach(() => server.close());

  test('is asked until two readings agree', async () => {
    const counts = [1, 5, 9, 9, 9];
    server = createServer((_request, response) => {
      response.end(`action{action_type="a",namespace="n"} ${counts.shift()}\n`);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await settledActions(`http://127.0.0.1:${port}/metrics`, 'n')).toEqual({ a: 9 });
    expect(counts).toHaveLength(1);
  });
});
