import type { BranchRun } from './branch-run.ts';
import { holds } from './choice-rule.ts';
import {
  checkSize,
  failureOf,
  outputOf,
  parametersOf,
  scopeOf,
  timeoutSeconds,
  waitsUntil,
  withResult,
} from './data-flow.ts';
import type { Step } from './data-flow.ts';
import { branchesOf } from './definition.ts';
import type { Branch, State } from './definition.ts';
import type { Frame } from './execution.ts';
import { entered, exited, failed } from './history-details.ts';
import { placeAt, readJsonPath } from './json-path.ts';
import { fillTemplate, valueAt } from './payload-template.ts';
import type { PathScope } from './payload-template.ts';
import { isNamed, StateError } from './state-error.ts';
import { Halted, sleepUntil, within } from './waiting.ts';

/** Items of a Map at a time unless it says otherwise. */
const CONCURRENCY = 40;

/** Runs a branch from where its frame stands to its outcome. Throws Halted. */
export async function runBranch(branch: Branch, frame: Frame, run: BranchRun): Promise<void> {
  while (frame.outcome === undefined) {
    if (run.signal.aborted) throw new Halted();
    const state = branch.States[frame.state]!;
    try {
      const { output, next } = await runState(state, frame, run);
      checkSize(frame.state, output);
      await run.record(`${state.Type}StateExited`, exited(frame.state, output));
      if (next === undefined) frame.outcome = { output };
      else enter(frame, next, output, run);
    } catch (error) {
      if (error instanceof Halted) throw error;
      const failure = asStateError(error);
      if (state.Type === 'Task') await run.record('TaskFailed', failed(state, failure));
      fail(state, frame, run, failure);
    }
    await run.save();
    if (frame.outcome === undefined && frame.until === undefined) {
      await run.record(`${branch.States[frame.state]!.Type}StateEntered`, entered(frame));
    }
  }
}

export function newFrame(branch: Branch, input: unknown, now: number, item?: Frame['item']): Frame {
  return { state: branch.StartAt, input, enteredAt: now, retries: {}, ...(item && { item }) };
}

function enter(frame: Frame, state: string, input: unknown, { clock }: BranchRun): void {
  Object.assign(frame, { state, input, enteredAt: clock(), retries: {} });
  delete frame.until;
  delete frame.underway;
  delete frame.children;
}

async function runState(state: State, frame: Frame, run: BranchRun): Promise<Step> {
  const scope = scopeOf(state, frame, run);
  switch (state.Type) {
    case 'Succeed':
      return { output: outputOf(state, scope.value, scope), next: undefined };
    case 'Fail':
      throw failureOf(state, scope);
    case 'Choice':
      return { output: outputOf(state, scope.value, scope), next: choose(state, scope) };
    case 'Wait':
      frame.until ??= waitsUntil(state, frame, scope);
      await run.save();
      await sleepUntil(frame.until, run);
      return { output: outputOf(state, scope.value, scope), next: state.Next };
    case 'Pass':
      return withResult(state, frame, scope, state.Result ?? parametersOf(state, scope));
    default: {
      if (frame.until !== undefined) await sleepUntil(frame.until, run);
      delete frame.until;
      const result =
        state.Type === 'Task' ? await runTask(state, frame, scope, run) : await runChildren(state, frame, scope, run);
      const selected =
        state.ResultSelector === undefined ? result : fillTemplate(state.ResultSelector, { ...scope, value: result });
      return withResult(state, frame, scope, selected);
    }
  }
}

/**
 * A function that ran when the process died has died with it: its state fails as Lambda says it then, and its retriers
 * decide. Other calls are made once more, as Step Functions makes them at least once.
 */
async function runTask(state: State, frame: Frame, scope: PathScope, run: BranchRun): Promise<unknown> {
  const wasUnderway = frame.underway === true;
  delete frame.underway;
  if (wasUnderway && invokesFunction(state)) {
    throw new StateError('Lambda.Unknown', 'The cause could not be determined: the process ended during the task.');
  }
  const parameters = parametersOf(state, scope);
  checkSize(frame.state, parameters);
  frame.underway = true;
  await run.save();
  const result = await within(timeoutSeconds(state, scope), run.perform(state.Resource!, parameters), run);
  delete frame.underway;
  return result;
}

function invokesFunction({ Resource = '' }: State): boolean {
  return /^arn:[^:]+:(lambda:|states:.*:lambda:invoke$)/.test(Resource);
}

async function runChildren(state: State, frame: Frame, scope: PathScope, run: BranchRun): Promise<unknown> {
  const branches = branchesOf(state);
  frame.children ??=
    state.Type === 'Map'
      ? itemFrames(state, branches[0]!, scope, run)
      : branches.map((branch) => newFrame(branch, parametersOf(state, scope), run.clock()));
  const children = frame.children;
  const failed = new AbortController();
  const inner = {
    ...run,
    signal: AbortSignal.any([run.signal, failed.signal]),
    abandoned: AbortSignal.any([run.abandoned, failed.signal]),
  };
  let at = 0;
  const work = async (): Promise<void> => {
    for (let index = at++; index < children.length && !inner.signal.aborted; index = at++) {
      await runBranch(branches[index] ?? branches[0]!, children[index]!, withItem(inner, children[index]!));
      if ('error' in children[index]!.outcome!) failed.abort();
    }
  };
  const most = state.Type === 'Map' ? state.MaxConcurrency || CONCURRENCY : children.length;
  const ends = await Promise.allSettled(Array.from({ length: Math.min(most, children.length) }, work));
  const unexpected = ends.find((end) => end.status === 'rejected' && !(end.reason instanceof Halted));
  if (unexpected?.status === 'rejected') throw unexpected.reason;
  if (run.signal.aborted) throw new Halted();
  const outcomes = children.map(({ outcome }) => outcome);
  const failure = outcomes.find((outcome) => outcome !== undefined && 'error' in outcome);
  if (failure && 'error' in failure) throw new StateError(failure.error, failure.cause);
  return outcomes.map((outcome) => (outcome as { readonly output: unknown }).output);
}

function itemFrames(state: State, branch: Branch, scope: PathScope, { clock }: BranchRun): Frame[] {
  const items = valueAt(state.ItemsPath ?? '$', scope);
  if (!Array.isArray(items)) throw new StateError('States.Runtime', 'The items of a Map are no list.');
  const selector = state.ItemSelector ?? state.Parameters;
  return items.map((value: unknown, index) => {
    const item = { Index: index, Value: value };
    const itemScope = { ...scope, context: { ...scope.context, Map: { Item: item } } };
    return newFrame(branch, selector === undefined ? value : fillTemplate(selector, itemScope), clock(), item);
  });
}

function withItem(run: BranchRun, { item }: Frame): BranchRun {
  return item ? { ...run, context: { ...run.context, Map: { Item: item } } } : run;
}

/** A retrier tries again, a catcher goes on elsewhere, or the branch has failed. */
function fail(state: State, frame: Frame, run: BranchRun, { error, message: cause }: StateError): void {
  delete frame.underway;
  delete frame.children;
  delete frame.until;
  const index = (state.Retry ?? []).findIndex(({ ErrorEquals }) => isNamed(error, ErrorEquals));
  const retrier = state.Retry?.[index];
  const tried = frame.retries[index] ?? 0;
  if (retrier && tried < (retrier.MaxAttempts ?? 3)) {
    const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity } = retrier;
    frame.retries[index] = tried + 1;
    frame.until = run.clock() + Math.min(IntervalSeconds * BackoffRate ** tried, MaxDelaySeconds) * 1000;
    return;
  }
  const catcher = state.Catch?.find(({ ErrorEquals }) => isNamed(error, ErrorEquals));
  if (!catcher) {
    frame.outcome = { error, cause };
    return;
  }
  const { ResultPath = '$' } = catcher;
  const result = { Error: error, Cause: cause };
  const output = ResultPath === null ? frame.input : placeAt(frame.input, readJsonPath(ResultPath), result);
  enter(frame, catcher.Next, output, run);
}

/** Whatever else is thrown is this runtime's own failure. */
function asStateError(error: unknown): StateError {
  if (error instanceof StateError) return error;
  return new StateError('States.Runtime', error instanceof Error ? error.message : String(error));
}

function choose(state: State, scope: PathScope): string {
  const next = state.Choices?.find((rule) => holds(rule, scope))?.Next ?? state.Default;
  if (next !== undefined) return next;
  throw new StateError('States.NoChoiceMatched', 'No rule of the Choice state holds, and it has no default.');
}
