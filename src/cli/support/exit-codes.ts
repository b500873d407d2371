/** HOST: the exit codes of every command. Published: scripts decide by them. */
export const EXIT = {
  succeeded: 0,
  /** The robot ended badly, or what was asked for does not hold. */
  endedBadly: 1,
  /** The command line, an input or the configuration is wrong; nothing was started. */
  wrongInput: 2,
  /** Temporal or Dataverse cannot be reached. */
  outOfReach: 3,
  cancelled: 4,
  /** Nobody knows whether a robot was started, or how it ends. */
  outcomeUnknown: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** For the end of a help text. */
export const EXIT_CODES_HELP = `Exit codes: 0 succeeded; 1 the robot ended badly; 2 wrong command line, input or configuration;
3 Temporal or Dataverse cannot be reached; 4 cancelled; 5 the outcome is not known.`;
