import type { BranchRun } from './branch-run.ts';
import type { State } from './definition.ts';
import type { Frame } from './execution.ts';
import { placeAt, readJsonPath } from './json-path.ts';
import { evaluate, fillTemplate, valueAt } from './payload-template.ts';
import type { PathScope } from './payload-template.ts';
import { StateError } from './state-error.ts';

/** Most bytes of a state's input, result or output: 256 KiB. */
export const MAX_DATA_BYTES = 262_144;

/** What a state leads to. */
export interface Step {
  readonly output: unknown;
  /** Undefined: the branch ends here. */
  readonly next: string | undefined;
}

/** What a state's paths are read from: its input, as InputPath has it, and the context object. */
export function scopeOf(state: State, frame: Frame, run: BranchRun): PathScope {
  const context = {
    ...run.context,
    State: {
      Name: frame.state,
      EnteredTime: new Date(frame.enteredAt).toISOString(),
      RetryCount: Object.values(frame.retries).reduce((sum, count) => sum + count, 0),
    },
  };
  const { InputPath = '$' } = state;
  return { value: InputPath === null ? {} : valueAt(InputPath, { value: frame.input, context }), context };
}

export function parametersOf(state: State, scope: PathScope): unknown {
  return state.Parameters === undefined || state.Type === 'Map' ? scope.value : fillTemplate(state.Parameters, scope);
}

/** Where a state's result goes, and which state comes next. */
export function withResult(state: State, frame: Frame, scope: PathScope, result: unknown): Step {
  const { ResultPath = '$' } = state;
  const whole = ResultPath === null ? frame.input : placeAt(frame.input, readJsonPath(ResultPath), result);
  return { output: outputOf(state, whole, scope), next: state.Next };
}

export function outputOf({ OutputPath = '$' }: State, value: unknown, { context }: PathScope): unknown {
  return OutputPath === null ? {} : valueAt(OutputPath, { value, context });
}

/** The error of a Fail state. */
export function failureOf(
  { Error: error = '', ErrorPath, Cause = '', CausePath }: State,
  scope: PathScope,
): StateError {
  return new StateError(
    ErrorPath === undefined ? error : String(evaluate(ErrorPath, scope)),
    CausePath === undefined ? Cause : String(evaluate(CausePath, scope)),
  );
}

/** What a Wait state waits for, in milliseconds since the epoch. */
export function waitsUntil(
  { Seconds, SecondsPath, Timestamp, TimestampPath }: State,
  frame: Frame,
  scope: PathScope,
): number {
  const time = Timestamp ?? (TimestampPath === undefined ? undefined : valueAt(TimestampPath, scope));
  const until =
    time === undefined
      ? frame.enteredAt + Number(Seconds ?? valueAt(SecondsPath!, scope)) * 1000
      : Date.parse(String(time));
  if (Number.isFinite(until)) return until;
  throw new StateError('States.Runtime', 'What a Wait state waits for is no time.');
}

/** Undefined: for ever. */
export function timeoutSeconds({ TimeoutSeconds, TimeoutSecondsPath }: State, scope: PathScope): number | undefined {
  return TimeoutSecondsPath === undefined ? TimeoutSeconds : Number(valueAt(TimeoutSecondsPath, scope));
}

/** Throws States.DataLimitExceeded. */
export function checkSize(state: string, value: unknown): void {
  if (Buffer.byteLength(JSON.stringify(value) ?? '') <= MAX_DATA_BYTES) return;
  const cause = `The state/task '${state}' returned a result with a size exceeding the maximum number of bytes service limit.`;
  throw new StateError('States.DataLimitExceeded', cause);
}
