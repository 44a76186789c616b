import type { Command } from 'commander';

// The SDK's note about future Node versions is for us, who pin both, not for those who read a report.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/** An error whose message is all that a user needs; anything else is shown with its causes. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Runs a command line: errors go to standard error in words, and the process ends with 1. */
export async function runCli(program: Command, argv: readonly string[] = process.argv): Promise<void> {
  try {
    await program.parseAsync(argv);
  } catch (error) {
    console.error(`error: ${describeError(error)}`);
    process.exitCode = 1;
  }
}

/** The message, and those of its causes, one a line. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message === '' ? error.name : error.message;
  return error.cause === undefined ? message : `${message}\n  because: ${describeError(error.cause)}`;
}
