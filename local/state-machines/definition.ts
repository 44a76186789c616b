import { checkRule } from './choice-rule.ts';
import type { ChoiceRule } from './choice-rule.ts';
import { readJsonPath } from './json-path.ts';
import { checkPath, checkTemplate } from './payload-template.ts';

/** States and where they begin: a whole machine, or a branch of one. */
export interface Branch {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface Definition extends Branch {
  /** Of a whole execution. */
  readonly TimeoutSeconds?: number;
}

/** A state of the Amazon States Language, with the fields of all types; JSONPath is its query language. */
export interface State {
  readonly Type: 'Task' | 'Pass' | 'Choice' | 'Wait' | 'Succeed' | 'Fail' | 'Parallel' | 'Map';
  readonly QueryLanguage?: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly InputPath?: string | null;
  readonly OutputPath?: string | null;
  readonly Parameters?: unknown;
  readonly ResultSelector?: unknown;
  readonly ResultPath?: string | null;
  readonly Result?: unknown;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
  readonly Choices?: readonly ChoiceRule[];
  readonly Default?: string;
  readonly Seconds?: number;
  readonly SecondsPath?: string;
  readonly Timestamp?: string;
  readonly TimestampPath?: string;
  readonly Error?: string;
  readonly ErrorPath?: string;
  readonly Cause?: string;
  readonly CausePath?: string;
  readonly Branches?: readonly Branch[];
  readonly ItemsPath?: string;
  readonly ItemSelector?: unknown;
  readonly ItemProcessor?: Branch;
  readonly Iterator?: Branch;
  readonly MaxConcurrency?: number;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly ResultPath?: string | null;
}

const FLOW = ['Type', 'Comment', 'Next', 'End', 'InputPath', 'OutputPath', 'QueryLanguage'];
const RESULT = ['ResultPath', 'ResultSelector', 'Parameters', 'Retry', 'Catch'];
const FIELDS: Readonly<Record<State['Type'], readonly string[]>> = {
  Task: [...FLOW, ...RESULT, 'Resource', 'TimeoutSeconds', 'TimeoutSecondsPath'],
  Pass: [...FLOW, 'Result', 'ResultPath', 'Parameters'],
  Choice: ['Type', 'Comment', 'InputPath', 'OutputPath', 'Choices', 'Default', 'QueryLanguage'],
  Wait: [...FLOW, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Succeed: ['Type', 'Comment', 'InputPath', 'OutputPath', 'QueryLanguage'],
  Fail: ['Type', 'Comment', 'Error', 'ErrorPath', 'Cause', 'CausePath', 'QueryLanguage'],
  Parallel: [...FLOW, ...RESULT, 'Branches'],
  Map: [...FLOW, ...RESULT, 'ItemsPath', 'ItemSelector', 'ItemProcessor', 'Iterator', 'MaxConcurrency'],
};
const RETRIER: ReadonlySet<string> = new Set([
  'Comment',
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  // Left out here: it spreads clients that are many.
  'JitterStrategy',
]);
const ENDING: ReadonlySet<string> = new Set(['Choice', 'Succeed', 'Fail']);

/**
 * Reads a definition. Throws on what Step Functions refuses and on what has no stand-in: JSONata, variables, distributed
 * maps, heartbeats, resources that `checkResource` refuses.
 */
export function readDefinition(text: string, checkResource: (resource: string) => void): Definition {
  const definition = JSON.parse(text) as Definition & { readonly QueryLanguage?: string };
  checkQueryLanguage(definition);
  checkBranch(definition, checkResource);
  return definition;
}

function checkBranch(branch: Branch, checkResource: (resource: string) => void): void {
  if (!branch.States?.[branch.StartAt]) throw new Error(`StartAt names ${branch.StartAt}, which is no state`);
  for (const [name, state] of Object.entries(branch.States)) {
    try {
      checkState(state, branch, checkResource);
    } catch (error) {
      throw new Error(`state ${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

function checkState(state: State, branch: Branch, checkResource: (resource: string) => void): void {
  const fields = Object.hasOwn(FIELDS, state.Type) ? FIELDS[state.Type] : undefined;
  if (!fields) throw new Error(`the type ${state.Type} is not known`);
  const unknown = Object.keys(state).filter((field) => !fields.includes(field));
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')} of a ${state.Type} state has no stand-in`);
  checkQueryLanguage(state);
  checkNext(state, branch);
  checkPaths(state);
  if (state.Type === 'Task') checkResource(state.Resource ?? '');
  if (state.Type === 'Wait') {
    const times = [state.Seconds, state.SecondsPath, state.Timestamp, state.TimestampPath];
    if (times.filter((time) => time !== undefined).length !== 1) throw new Error('a Wait has one time to wait for');
  }
  for (const inner of branchesOf(state)) {
    const mode = (inner as { ProcessorConfig?: { Mode?: string } }).ProcessorConfig?.Mode ?? 'INLINE';
    if (mode !== 'INLINE') throw new Error(`a Map in mode ${mode} has no stand-in`);
    checkBranch(inner, checkResource);
  }
}

/** The branches of a Parallel state, the one of a Map state, none of another. */
export function branchesOf(state: State): readonly Branch[] {
  if (state.Type === 'Parallel') return state.Branches ?? [];
  if (state.Type !== 'Map') return [];
  const branch = state.ItemProcessor ?? state.Iterator;
  if (!branch) throw new Error('a Map has an ItemProcessor');
  return [branch];
}

function checkNext(state: State, { States }: Branch): void {
  const nexts = [
    state.Next,
    state.Default,
    ...(state.Choices ?? []).map(({ Next }) => Next ?? ''),
    ...(state.Catch ?? []).map(({ Next }) => Next),
  ].filter((next) => next !== undefined);
  const missing = nexts.find((next) => !Object.hasOwn(States, next));
  if (missing !== undefined) throw new Error(`${JSON.stringify(missing)} comes next, which is no state`);
  const ends = ENDING.has(state.Type) || state.End === true;
  if (ends === (state.Next !== undefined)) throw new Error('either Next or End says what comes after it');
}

function checkPaths(state: State): void {
  const { InputPath, OutputPath, ResultPath, ItemsPath, SecondsPath, TimestampPath, ErrorPath, CausePath } = state;
  for (const path of [InputPath, OutputPath, ItemsPath, SecondsPath, TimestampPath, state.TimeoutSecondsPath]) {
    if (typeof path === 'string') checkPath(path);
  }
  for (const path of [ErrorPath, CausePath]) if (path !== undefined) checkTemplate({ 'path.$': path });
  for (const path of [ResultPath, ...(state.Catch ?? []).map((catcher) => catcher.ResultPath)]) {
    if (typeof path === 'string' && readJsonPath(path).steps.some((step) => !('name' in step))) {
      throw new Error(`the ResultPath ${path} has no stand-in: it may consist of names`);
    }
  }
  for (const template of [state.Parameters, state.ItemSelector, state.ResultSelector]) checkTemplate(template);
  state.Choices?.forEach(checkRule);
  for (const retrier of state.Retry ?? []) {
    const strange = Object.keys(retrier).filter((field) => !RETRIER.has(field));
    if (strange.length > 0) throw new Error(`${strange.join(', ')} of a retrier has no stand-in`);
  }
}

function checkQueryLanguage({ QueryLanguage = 'JSONPath' }: { readonly QueryLanguage?: string }): void {
  if (QueryLanguage !== 'JSONPath')
    throw new Error(`the query language ${QueryLanguage} has no stand-in; JSONPath has`);
}
