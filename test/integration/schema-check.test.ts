/** Inputs that are compared with the schema of their flow before a robot is started. */
import type { RunDesktopFlowInput } from '../../src/common/input';
import { environmentSecrets } from '../../src/config/secrets';
import { DataverseClient } from '../../src/dataverse';
import { fingerprintOf } from '../../src/schemas/fingerprint';
import { readFlowSchema } from '../../src/schemas/flow-schema';
import { eventually, failureOf, type Harness, startHarness, target } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

let harness: Harness;

const SECRETS = environmentSecrets({ SAP_PASSWORD: 'hunter22' }, { allow: ['SAP_PASSWORD'] });

beforeEach(async () => {
  harness = await startHarness({ connector: { secrets: SECRETS, settlingWindowMs: 1000 } });
});

afterEach(() => harness.close());

const INVOICE = {
  inputs: { InvoiceNumber: 'string', Amount: 'number', Currency: { type: 'string', default: 'EUR' } },
  outputs: { Booking: 'string' },
  result: { Booking: 'B-1' },
} as const;

const GOOD = { InvoiceNumber: 'A-1', Amount: 12.5 };

const counts = () => harness.emulator.seen.counts;

const startedNothing = () => {
  expect(counts().trigger).toBe(0);
  expect(harness.emulator.seen.sessions).toHaveLength(0);
};

/** The same flow with another schema. */
function redefine({ flowId }: RunDesktopFlowInput, definition: object) {
  harness.emulator.addFlow({ ...INVOICE, name: 'A flow', duration: 0, ...definition, id: flowId });
}

const OLD = fingerprintOf({ inputs: [], outputs: [] });

describe('checkInputs', () => {
  it.each([
    ['an object', GOOD],
    ['a text', JSON.stringify(GOOD)],
    ['an object with a secret', { ...GOOD, InvoiceNumber: '{{secrets.SAP_PASSWORD}}' }],
  ])('starts a robot whose inputs fit, given as %s', async (_form, inputs) => {
    const input = { ...harness.flow(INVOICE), checkInputs: true, inputs };
    await expect(harness.run(input)).resolves.toMatchObject({ outputs: { Booking: 'B-1' } });
    expect(counts()).toMatchObject({ schema: 1, trigger: 1 });
  });

  it('names what is missing, misspelt and of another type, repeats no value, and starts nothing', async () => {
    const inputs = { invoiceNumber: 'secret-4711', Amount: 'secret-4712', Note: 'secret-4713' };
    const { failure, details } = await harness.fail({ ...harness.flow(INVOICE), checkInputs: true, inputs });
    expect(failure).toMatchObject({ type: 'InvalidInput', nonRetryable: true });
    expect(details.problems).toEqual([
      {
        field: 'inputs.invoiceNumber',
        problem: 'is not an input of this flow; did you mean InvoiceNumber?',
      },
      { field: 'inputs.Amount', problem: 'must be a number' },
      { field: 'inputs.Note', problem: 'is not an input of this flow' },
      { field: 'inputs.InvoiceNumber', problem: 'is required: the flow has no default for it' },
    ]);
    expect(failure.message).toContain('inputs.InvoiceNumber: is required');
    expect(JSON.stringify([failure.message, details])).not.toContain('secret-47');
    startedNothing();
  });

  it('takes no inputs for a flow without a schema', async () => {
    const flow = { ...harness.flow(), checkInputs: true };
    await expect(harness.run({ ...flow, inputs: {} })).resolves.toMatchObject({ status: 'Succeeded' });
    const { details } = await harness.fail({ ...flow, inputs: { A: 1 } });
    expect(details.problems).toEqual([
      { field: 'inputs.A', problem: 'is not an input of this flow, which takes none' },
    ]);
    expect(counts().trigger).toBe(1);
  });

  it('is off by default: nothing is read, and Dataverse decides', async () => {
    await harness.run({ ...harness.flow(INVOICE), inputs: { Note: 1 } });
    await harness.run({ ...harness.flow(INVOICE), inputs: { Note: 1 }, checkInputs: false });
    expect(counts()).toMatchObject({ schema: 0, trigger: 2 });
  });

  it('waits while the schema cannot be read, and starts nothing unchecked', async () => {
    const bad = { httpStatus: 503, kind: 'status', on: 'schema' } as const;
    harness.emulator.inject({ ...bad, times: 2 });
    harness.emulator.inject({ kind: 'lostAnswer', on: 'schema' });
    const handle = await harness.start({ ...harness.flow(INVOICE), checkInputs: true, inputs: {} });
    const { failure } = await failureOf(handle);
    expect(failure.type).toBe('InvalidInput');
    expect(counts().schema).toBeGreaterThan(2);
    startedNothing();
  }, 60_000);

  itTakesLong(
    'reads the schema of a flow once for many starts',
    async () => {
      const input = { ...harness.flow(INVOICE), checkInputs: true, inputs: GOOD };
      await harness.run(input);
      await Promise.all(Array.from({ length: 10 }, () => harness.run(input)));
      expect(counts()).toMatchObject({ schema: 1, trigger: 11 });
    },
    60_000,
  );

  it('refuses by the schema as it is now, not by an older one', async () => {
    const input = { ...harness.flow(INVOICE), checkInputs: true };
    await harness.run({ ...input, inputs: GOOD });
    redefine(input, { inputs: { Number: 'number' } });
    await expect(harness.run({ ...input, inputs: { Number: 7 } })).resolves.toMatchObject({
      status: 'Succeeded',
    });
    expect(counts()).toMatchObject({ schema: 2, trigger: 2 });
  });

  itTakesLong('holds for the items of a batch by its defaults', async () => {
    const { poll, retry, ...flow } = harness.flow(INVOICE);
    const defaults = { ...flow, poll, retry, checkInputs: true };
    const items = [{ inputs: GOOD }, { inputs: { ...GOOD, Amount: '1' } }];
    const handle = await harness.start({ items, defaults }, 'RunDesktopFlows');
    const { succeeded, failures } = await handle.result();
    expect(succeeded).toBe(1);
    expect(failures).toMatchObject([{ index: 1, type: 'InvalidInput' }]);
    expect(failures[0].message).toContain('inputs.Amount: must be a number');
    expect(counts().trigger).toBe(1);
  });

  it('does not go with flowSessionId', async () => {
    const session = 'd9687093-d0c0-ec11-983e-0022480b428a';
    const { details } = await harness.fail({
      flowSessionId: session,
      checkInputs: true,
      schemaFingerprint: OLD,
    });
    expect(details.problems?.map(({ field }) => field).sort()).toEqual(['checkInputs', 'schemaFingerprint']);
    startedNothing();
  });

  itTakesLong(
    'does not refuse a robot whose trigger got no answer, though the schema has changed since',
    async () => {
      const input = { ...harness.flow(INVOICE), checkInputs: true, inputs: GOOD };
      harness.emulator.inject({ kind: 'lostAnswer', on: 'trigger' });
      harness.emulator.inject({ httpStatus: 503, kind: 'status', on: 'query' });
      const handle = await harness.start(input);
      await eventually(() => counts().query > 0);
      redefine(input, { inputs: { Number: 'number' } });
      // A refusal reads the schema anew, so that the worker keeps the new one.
      await harness.fail({ ...input, inputs: {} });
      await expect(handle.result()).resolves.toMatchObject({ status: 'Succeeded' });
      expect(counts().trigger).toBe(1);
    },
    60_000,
  );
});

describe('schemaFingerprint', () => {
  const fingerprint = async ({ flowId }: RunDesktopFlowInput) => {
    const { inputs, outputs } = await new DataverseClient(target(harness.emulator)).getFlowSchemas(flowId);
    return fingerprintOf({ inputs: readFlowSchema(inputs), outputs: readFlowSchema(outputs) });
  };

  it('lets a run start where it is that of the flow', async () => {
    const input = { ...harness.flow(INVOICE), inputs: GOOD };
    const schemaFingerprint = await fingerprint(input);
    await expect(harness.run({ ...input, schemaFingerprint })).resolves.toMatchObject({
      status: 'Succeeded',
    });
  });

  it('refuses a run where inputs or outputs are others, says what to do, and starts nothing', async () => {
    const input = { ...harness.flow(INVOICE), inputs: GOOD };
    const schemaFingerprint = await fingerprint(input);
    redefine(input, { outputs: { Booking: 'string', Warning: 'string' } });
    const { failure, details } = await harness.fail({ ...input, schemaFingerprint });
    expect(failure.type).toBe('InvalidInput');
    expect(details.problems).toMatchObject([{ field: 'schemaFingerprint' }]);
    expect(failure.message).toContain('run desktop-flow codegen again');
    startedNothing();
  });
});
