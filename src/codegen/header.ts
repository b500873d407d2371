/** HOST: the line of a generated module by which `--check` tells what the flow was when it was generated. */
import type { CanonicalSchemas } from '../schemas/fingerprint';
import { jsonLine } from './texts';

/** What a module knows of its flow. */
export interface ModuleHeader {
  flowId: string;
  /** Of the two schemas. */
  fingerprint: string;
  schemas: CanonicalSchemas;
}

const MARK = '// desktop-flow: ';

export function headerLine(header: ModuleHeader): string {
  return MARK + jsonLine(header);
}

/** Undefined for a text that is no generated module. */
export function readHeader(module: string): ModuleHeader | undefined {
  const line = module.split(/\r?\n/).find((one) => one.startsWith(MARK));
  if (line === undefined) return undefined;
  try {
    const header: ModuleHeader = JSON.parse(line.slice(MARK.length));
    const { flowId, fingerprint, schemas } = header;
    const isWhole = typeof flowId === 'string' && typeof fingerprint === 'string';
    return isWhole && Array.isArray(schemas?.inputs) && Array.isArray(schemas.outputs) ? header : undefined;
  } catch {
    return undefined;
  }
}
