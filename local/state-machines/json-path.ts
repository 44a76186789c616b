import { StateError } from './state-error.ts';

type Step = { readonly name: string } | { readonly index: number } | { readonly all: true };

/** A path of a state machine, read once. */
export interface JsonPath {
  readonly steps: readonly Step[];
  /** Whether it may find any number of values, which it then gives as a list. */
  readonly isOpen: boolean;
}

const STEP =
  /\.([\p{L}_][\p{L}\p{N}_-]*)|\.(\*)|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|\[(-?\d+)\]|\[(\*)\]/uy;

/**
 * Reads `$.a.b`, `$['a b']`, `$.list[0]`, `$.list[*].a`. Throws on what has no stand-in: filters, slices and `..`.
 * @param text begins with the `$`; the context's second one is taken off
 */
export function readJsonPath(text: string): JsonPath {
  const steps: Step[] = [];
  let at = 1;
  while (at < text.length) {
    STEP.lastIndex = at;
    const found = STEP.exec(text);
    if (!found || text[0] !== '$') throw new Error(`the path ${text} has no stand-in`);
    const [whole, plain, anyName, single, double, index, anyIndex] = found;
    const name = plain ?? (single ?? double)?.replaceAll(/\\(.)/g, '$1');
    if (name !== undefined) steps.push({ name });
    else if (index !== undefined) steps.push({ index: Number(index) });
    else if (anyName !== undefined || anyIndex !== undefined) steps.push({ all: true });
    at += whole.length;
  }
  if (text[0] !== '$') throw new Error(`${JSON.stringify(text)} is no path: it begins with $`);
  return { steps, isOpen: steps.some((step) => 'all' in step) };
}

/** What a path finds: one value, or a list where it is open. Undefined: nothing. */
export function findAt(value: unknown, { steps, isOpen }: JsonPath): unknown {
  let found: readonly unknown[] = [value];
  for (const step of steps) found = found.flatMap((one) => stepInto(one, step));
  return isOpen ? found : found[0];
}

function stepInto(value: unknown, step: Step): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('all' in step) return Object.values(value);
  if ('index' in step) {
    const one: unknown = Array.isArray(value) ? value.at(step.index) : undefined;
    return one === undefined ? [] : [one];
  }
  return !Array.isArray(value) && Object.hasOwn(value, step.name)
    ? [(value as Record<string, unknown>)[step.name]]
    : [];
}

/** A copy of a value in which a result stands where a reference path (names only) says; what is missing is made. */
export function placeAt(value: unknown, { steps }: JsonPath, result: unknown): unknown {
  const [first, ...rest] = steps;
  if (!first) return result;
  if (!('name' in first)) throw new StateError('States.ResultPathMatchFailure', 'A ResultPath has names only here.');
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) {
    const cause = `Unable to apply a ResultPath at ${first.name}: what is there is no object.`;
    throw new StateError('States.ResultPathMatchFailure', cause);
  }
  const present = (value ?? {}) as Readonly<Record<string, unknown>>;
  const inner = Object.hasOwn(present, first.name) ? present[first.name] : undefined;
  return { ...present, [first.name]: placeAt(inner, { steps: rest, isOpen: false }, result) };
}
