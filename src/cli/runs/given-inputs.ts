/** HOST: the inputs of a flow as a command line gives them: texts, until the flow's schema says what they are. */
import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { messageOf } from '../../common/message-of';
import { isPlainObject } from '../../common/schema/parse';
import type { FlowParameter } from '../../schemas/flow-schema';
import { UsageError } from '../support/errors';
import type { RunOptions } from './options';

/** Of JSON, a value has its type already; of `--input`, it is a text. */
export interface GivenInputs {
  json: Record<string, unknown>;
  texts: Record<string, string>;
}

export async function readGivenInputs({
  input,
  inputs,
}: Pick<RunOptions, 'input' | 'inputs'>): Promise<GivenInputs> {
  const texts: Record<string, string> = {};
  for (const pair of input ?? []) {
    const [name, value] = await readPair(pair);
    if (Object.hasOwn(texts, name)) throw new UsageError(`--input ${name} is given twice`);
    texts[name] = value;
  }
  return { json: inputs === undefined ? {} : await readJson(inputs), texts };
}

/** @param parameters undefined where the schema could not be read: then texts stay texts. */
export function typedInputs(
  { json, texts }: GivenInputs,
  parameters: readonly FlowParameter[] = [],
): Record<string, unknown> {
  const types = new Map(parameters.map(({ name, type }) => [name, type]));
  const typed = Object.entries(texts).map(([name, text]) => [name, typedValue(text, types.get(name))]);
  return { ...json, ...Object.fromEntries(typed) };
}

/** A text that is none of the type stays one: the check of the inputs then says what it must be. */
function typedValue(text: string, type: string | undefined): unknown {
  switch (type) {
    case 'number':
    case 'integer':
      return ofKind(text, 'number');
    case 'boolean':
      return ofKind(text, 'boolean');
    case 'object':
    case 'array':
      return ofKind(text, 'object');
    default:
      return text;
  }
}

function ofKind(text: string, kind: 'number' | 'boolean' | 'object'): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === kind ? value : text;
  } catch {
    return text;
  }
}

async function readPair(pair: string): Promise<[name: string, value: string]> {
  const at = pair.indexOf('=');
  if (at < 1) throw new UsageError('--input must be name=value');
  const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
  if (value.startsWith('@@')) return [name, value.slice(1)];
  return [name, value.startsWith('@') ? await readText(`--input ${name}`, value.slice(1)) : value];
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  try {
    const content: unknown = JSON.parse(await readText('--inputs', file));
    if (isPlainObject(content)) return content;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // The parser's own message quotes the text.
  }
  throw new UsageError(`--inputs must hold one JSON object, such as {"InvoiceNumber": "4711"}`);
}

/** Without the mark of byte order with which editors on Windows begin a file. */
export async function readText(option: string, file: string): Promise<string> {
  const text = file === '-' ? await textOf(process.stdin) : await readFile(file, 'utf8').catch(unreadable);
  return text.replace(/^\uFEFF/, '');

  function unreadable(error: unknown): never {
    throw new UsageError(`${option}: ${file} cannot be read: ${messageOf(error)}`);
  }
}
