/**
 * An error for the runtime's own log: its class, where it was thrown, and what caused it. Messages are left out where
 * they may quote data (a SyntaxError of JSON does), so that no payload reaches a log.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const message = error instanceof SyntaxError ? '(message withheld)' : error.message;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const cause = error.cause === undefined ? '' : `\n  caused by ${errorText(error.cause)}`;
  return `${error.name}: ${message}\n${frames.slice(0, 8).join('\n')}${cause}`;
}
