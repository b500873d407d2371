/**
 * SHARED: may run anywhere. The search attributes of runs, by which an operator finds them. Names are published. All are
 * keywords: they are looked for as a whole.
 */
import { defineSearchAttributeKey } from '@temporalio/common';

export const RUN_ATTRIBUTES = {
  flow: defineSearchAttributeKey('PowerAutomateFlow', 'KEYWORD'),
  connection: defineSearchAttributeKey('PowerAutomateConnection', 'KEYWORD'),
  session: defineSearchAttributeKey('PowerAutomateSession', 'KEYWORD'),
  status: defineSearchAttributeKey('PowerAutomateStatus', 'KEYWORD'),
  errorCode: defineSearchAttributeKey('PowerAutomateErrorCode', 'KEYWORD'),
  machine: defineSearchAttributeKey('PowerAutomateMachine', 'KEYWORD'),
};

export const RUN_ATTRIBUTE_NAMES: readonly string[] = Object.values(RUN_ATTRIBUTES).map(({ name }) => name);

/** PostgreSQL and MySQL keep so many characters of a keyword. */
export const MAX_KEYWORD_LENGTH = 255;
