/** An error by which a state fails; retriers and catchers know it by its name. */
export class StateError extends Error {
  override readonly name = 'StateError';
  /** E.g. `States.Timeout`, or what a function threw. */
  readonly error: string;

  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }
}

/** Errors that only a name of their own catches, or nothing: not `States.ALL`. */
const NOT_IN_ALL: ReadonlySet<string> = new Set(['States.Runtime', 'States.DataLimitExceeded']);

/** Whether an error is among those that a retrier or a catcher names. */
export function isNamed(error: string, names: readonly string[]): boolean {
  if (names.includes(error)) return error !== 'States.Runtime';
  if (names.includes('States.ALL')) return !NOT_IN_ALL.has(error);
  return names.includes('States.TaskFailed') && error !== 'States.Timeout' && !NOT_IN_ALL.has(error);
}
