import { createHash, randomInt, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { StateError } from './state-error.ts';

type Argument = { readonly value: unknown } | { readonly path: string } | { readonly call: Call };

interface Call {
  readonly name: string;
  readonly parts: readonly Argument[];
}

export function isIntrinsicCall(text: string): boolean {
  return text.startsWith('States.');
}

/**
 * Calls an intrinsic function, calls inside it included. Throws States.IntrinsicFailure for arguments it does not take,
 * and an Error for functions that there are not.
 * @param options.onlyRead reads the call and its paths, and calls nothing
 */
export function callIntrinsic(
  text: string,
  valueAt: (path: string) => unknown,
  options: { readonly onlyRead?: boolean } = {},
): unknown {
  const call = readCall(text);
  if (!options.onlyRead) return run(call, valueAt);
  pathsOf(call).forEach(valueAt);
  return undefined;
}

function pathsOf({ parts }: Call): readonly string[] {
  return parts.flatMap((part) => ('path' in part ? [part.path] : 'call' in part ? pathsOf(part.call) : []));
}

function run({ name, parts }: Call, valueAt: (path: string) => unknown): unknown {
  const values = parts.map((part) => {
    if ('call' in part) return run(part.call, valueAt);
    return 'path' in part ? valueAt(part.path) : part.value;
  });
  try {
    return functions[name]!(values);
  } catch (error) {
    if (error instanceof StateError) throw error;
    throw new StateError(
      'States.IntrinsicFailure',
      `${name}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

const TOKEN =
  /\s*(?:(States\.\w+)\s*\(|(\$[^,()\s]*)|'((?:[^'\\]|\\.)*)'|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)|(\))|(,))/y;

function readCall(text: string): Call {
  const reader = { at: 0 };
  const next = (): RegExpExecArray => {
    TOKEN.lastIndex = reader.at;
    const found = TOKEN.exec(text);
    if (!found) throw new Error(`the intrinsic call ${text} cannot be read at character ${reader.at + 1}`);
    reader.at = TOKEN.lastIndex;
    return found;
  };
  const readParts = (): readonly Argument[] => {
    const parts: Argument[] = [];
    for (;;) {
      const [, name, path, quoted, number, word, end, comma] = next();
      if (end !== undefined) return parts;
      if (comma !== undefined) continue;
      if (name !== undefined) parts.push({ call: named(name, readParts()) });
      else if (path !== undefined) parts.push({ path });
      else if (quoted !== undefined)
        parts.push({
          value: quoted.replaceAll(/\\(['{}\\])/g, (whole, one: string) => (one === "'" || one === '\\' ? one : whole)),
        });
      else parts.push({ value: JSON.parse(number ?? word ?? 'null') as unknown });
    }
  };
  const [, name] = next();
  if (name === undefined) throw new Error(`${text} is no intrinsic call`);
  const call = named(name, readParts());
  if (text.slice(reader.at).trim() !== '') throw new Error(`the intrinsic call ${text} goes on after its end`);
  return call;
}

function named(name: string, parts: readonly Argument[]): Call {
  if (!Object.hasOwn(functions, name)) throw new Error(`the intrinsic function ${name} has no stand-in`);
  return { name, parts };
}

/** What a call may make at most: a list of so many items. */
const MOST_ITEMS = 1000;

/** The functions of the Step Functions developer guide. */
const functions: Readonly<Record<string, (values: readonly unknown[]) => unknown>> = {
  'States.Format': ([template, ...values]) => format(text(template), values),
  'States.StringToJson': ([value]) => JSON.parse(text(value)) as unknown,
  'States.JsonToString': ([value]) => JSON.stringify(value),
  'States.Array': (values) => values,
  'States.ArrayPartition': ([items, size]) => {
    const whole = list(items);
    const step = number(size);
    if (step < 1) throw new Error('the size of a part must be at least 1');
    return Array.from({ length: Math.ceil(whole.length / step) }, (_, at) => whole.slice(at * step, (at + 1) * step));
  },
  'States.ArrayContains': ([items, wanted]) => list(items).some((one) => isDeepStrictEqual(one, wanted)),
  'States.ArrayRange': ([first, last, step]) => {
    const [from, to, by] = [number(first), number(last), number(step)];
    const length = by === 0 ? Infinity : Math.max(0, Math.floor((to - from) / by) + 1);
    if (length > MOST_ITEMS) throw new Error(`a range has at most ${MOST_ITEMS} items`);
    return Array.from({ length }, (_, at) => from + at * by);
  },
  'States.ArrayGetItem': ([items, index]) => {
    const whole = list(items);
    if (number(index) < 0 || number(index) >= whole.length) throw new Error(`there is no item ${String(index)}`);
    return whole[number(index)];
  },
  'States.ArrayLength': ([items]) => list(items).length,
  'States.ArrayUnique': ([items]) =>
    list(items).filter((one, at, all) => all.findIndex((other) => isDeepStrictEqual(one, other)) === at),
  'States.Base64Encode': ([value]) => Buffer.from(text(value)).toString('base64'),
  'States.Base64Decode': ([value]) => Buffer.from(text(value), 'base64').toString('utf8'),
  'States.Hash': ([value, algorithm]) =>
    createHash(text(algorithm).replace('-', '').toLowerCase())
      .update(typeof value === 'string' ? value : JSON.stringify(value))
      .digest('hex'),
  'States.JsonMerge': ([left, right, deep]) => {
    if (deep !== false) throw new Error('only shallow merges are known');
    return { ...(left as object), ...(right as object) };
  },
  'States.MathRandom': ([from, to]) => randomInt(number(from), number(to)),
  'States.MathAdd': ([left, right]) => number(left) + number(right),
  'States.StringSplit': ([value, separators]) => {
    const parts = new Set(text(separators));
    const pieces = [''];
    for (const one of text(value)) {
      if (parts.has(one)) pieces.push('');
      else pieces[pieces.length - 1] += one;
    }
    return pieces.filter((piece) => piece !== '');
  },
  'States.UUID': () => randomUUID(),
};

/** `{}` stands for the next value; `\{`, `\}` and `\\` for themselves. */
function format(template: string, values: readonly unknown[]): string {
  let at = 0;
  const filled = template.replaceAll(/\\([{}\\])|\{\}/g, (_, escaped?: string) => {
    if (escaped !== undefined) return escaped;
    if (at >= values.length) throw new Error('there are more {} than values');
    const value = values[at++];
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
  if (at < values.length) throw new Error('there are fewer {} than values');
  return filled;
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error(`${JSON.stringify(value)} is no text`);
}

function number(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new Error(`${JSON.stringify(value)} is no number`);
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new Error(`${JSON.stringify(value)} is no list`);
}
