import { callIntrinsic, isIntrinsicCall } from './intrinsic-functions.ts';
import { findAt, readJsonPath } from './json-path.ts';
import { StateError } from './state-error.ts';

/** What paths are read from: a state's input, or its result, and the context object (`$$`). */
export interface PathScope {
  readonly value: unknown;
  readonly context: Readonly<Record<string, unknown>>;
}

/** The value of a path, `$…` or `$$…`. Throws States.Runtime where it finds nothing. */
export function valueAt(path: string, scope: PathScope): unknown {
  const found = lookAt(path, scope);
  if (found !== undefined) return found;
  const where = path.startsWith('$$') ? 'the context' : 'the input';
  throw new StateError('States.Runtime', `The JSONPath '${path}' could not be found in ${where}.`);
}

/** As `valueAt`; undefined where there is nothing. */
export function lookAt(path: string, { value, context }: PathScope): unknown {
  return path.startsWith('$$') ? findAt(context, readJsonPath(path.slice(1))) : findAt(value, readJsonPath(path));
}

/** `Parameters`, `ItemSelector` or `ResultSelector`: fields whose names end in `.$` hold paths or intrinsic calls. */
export function fillTemplate(template: unknown, scope: PathScope): unknown {
  if (Array.isArray(template)) return template.map((one) => fillTemplate(one, scope));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]: [string, unknown]) =>
      name.endsWith('.$') ? [name.slice(0, -2), evaluate(String(value), scope)] : [name, fillTemplate(value, scope)],
    ),
  );
}

/** A path or an intrinsic call. */
export function evaluate(expression: string, scope: PathScope): unknown {
  if (!isIntrinsicCall(expression)) return valueAt(expression, scope);
  return callIntrinsic(expression, (path) => valueAt(path, scope));
}

/** Throws on paths and calls that have no stand-in, before anything runs. */
export function checkTemplate(template: unknown): void {
  if (typeof template !== 'object' || template === null) return;
  for (const [name, value] of Object.entries(template) as [string, unknown][]) {
    if (Array.isArray(template) || !name.endsWith('.$')) checkTemplate(value);
    else if (isIntrinsicCall(String(value))) callIntrinsic(String(value), checkPath, { onlyRead: true });
    else checkPath(String(value));
  }
}

export function checkPath(path: string): void {
  readJsonPath(path.startsWith('$$') ? path.slice(1) : path);
}
