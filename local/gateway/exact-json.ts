import { skipContainer, withoutSpace } from './skip-container.ts';

/**
 * Parsed JSON that still holds every number and string as it was written, so that nothing is rounded on its way
 * through a mapping template. Scalars are their own source text; so may arrays and objects be that lie deep, without the
 * space between their tokens, see `opened`.
 */
export type JsonNode = string | JsonNode[] | JsonObject;

/** Members in the order of their first appearance; of duplicate keys the last value stands. */
export interface JsonObject {
  /** Source text of the keys, quotes included. */
  readonly keys: string[];
  readonly values: JsonNode[];
}

export class InvalidJson extends Error {
  override readonly name = 'InvalidJson';
}

/**
 * Levels of arrays and objects that are taken. It is the limit of Jackson, the JSON parser of the Java world, and
 * well below what overflows a stack anywhere down the pipeline.
 */
const MAX_DEPTH = 1000;

const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

type Container = JsonNode[] | JsonObjectBuilder;

/** Has a parser read over what lies deep. */
export interface UpperLevels {
  /** The document in UTF-8, with nothing in it that is not. */
  readonly bytes: Buffer;
  /** Arrays and objects of so many levels are parsed; deeper ones may stay text. */
  readonly levels: number;
}

/** Parses a document. Throws InvalidJson, whose message quotes nothing of it. */
export function parseExactJson(text: string, upper?: UpperLevels): JsonNode {
  let at = skipSpace(text, 0);
  const open: Container[] = [];
  /** Until one of them had to be parsed after all: whatever is in it is not to be read over again on every level. */
  let skipping = upper && createSkipping(text, upper);
  let root: JsonNode | undefined;

  const place = (node: JsonNode): void => {
    const parent = open.at(-1);
    if (parent === undefined) root = node;
    else if (Array.isArray(parent)) parent.push(node);
    else parent.set(node);
  };
  const fail = (): never => {
    throw new InvalidJson(`not JSON at character ${at}`);
  };
  /** A value is due at `at`; leaves `at` behind it, or inside it if a container was opened. */
  const value = (): 'opened' | 'done' => {
    const character = text[at];
    if (character === '{' || character === '[') {
      if (open.length >= MAX_DEPTH) throw new InvalidJson(`nested deeper than ${MAX_DEPTH} levels`);
      if (skipping && open.length >= skipping.levels) {
        const skipped = skipping.skip(at, MAX_DEPTH - open.length);
        if (skipped) {
          place(skipped.compact);
          at = skipped.end;
          return 'done';
        }
        skipping = undefined;
      }
      at = skipSpace(text, at + 1);
      const container = character === '[' ? [] : new JsonObjectBuilder();
      place(container);
      if (text[at] === (character === '[' ? ']' : '}')) {
        at += 1;
        return 'done';
      }
      open.push(container);
      if (container instanceof JsonObjectBuilder) key(container);
      return 'opened';
    }
    const token = (character === '"' ? stringToken(text, at) : scalarToken(text, at)) ?? fail();
    place(token);
    at += token.length;
    return 'done';
  };
  const key = (object: JsonObjectBuilder): void => {
    const token = stringToken(text, at) ?? fail();
    at = skipSpace(text, at + token.length);
    if (text[at] !== ':') fail();
    at = skipSpace(text, at + 1);
    object.key(token);
  };

  while (true) {
    if (value() === 'opened') continue;
    // Behind a value: close what ends here, or go on to the next one.
    for (at = skipSpace(text, at); open.length > 0; at = skipSpace(text, at + 1)) {
      const container = open[open.length - 1]!;
      if (text[at] !== (Array.isArray(container) ? ']' : '}')) break;
      open.pop();
    }
    const container = open.at(-1);
    if (container === undefined) break;
    if (text[at] !== ',') fail();
    at = skipSpace(text, at + 1);
    if (container instanceof JsonObjectBuilder) key(container);
  }
  if (at !== text.length || root === undefined) fail();
  return root as JsonNode;
}

/** Reads over containers of a document that is there as text and as bytes: the places in both go side by side. */
function createSkipping(text: string, { bytes, levels }: UpperLevels) {
  const isAscii = text.length === bytes.length;
  let [knownAt, knownByte] = [0, 0];
  return {
    levels,
    skip(at: number, mostLevels: number): { readonly end: number; readonly compact: string } | undefined {
      const start = isAscii ? at : knownByte + Buffer.byteLength(text.slice(knownAt, at));
      const skipped = skipContainer(bytes, start, mostLevels);
      if (skipped === undefined) return undefined;
      const whole = isAscii ? text.slice(at, skipped.end) : bytes.toString('utf8', start, skipped.end);
      [knownAt, knownByte] = [at + whole.length, skipped.end];
      return { end: knownAt, compact: skipped.isSpaced ? withoutSpace(bytes, start, skipped.end) : whole };
    },
  };
}

class JsonObjectBuilder implements JsonObject {
  readonly keys: string[] = [];
  readonly values: JsonNode[] = [];
  private positions: Map<string, number> | undefined;
  private next = 0;

  key(token: string): void {
    // Most objects are small: a map pays only beyond a few keys.
    const name = decodeString(token);
    if (this.positions === undefined) this.positions = new Map();
    const known = this.positions.get(name);
    this.next = known ?? this.keys.length;
    if (known !== undefined) return;
    this.positions.set(name, this.next);
    this.keys.push(token);
  }

  set(node: JsonNode): void {
    this.values[this.next] = node;
  }
}

function scalarToken(text: string, at: number): string | undefined {
  SCALAR.lastIndex = at;
  return SCALAR.exec(text)?.[0];
}

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** By hand, since a regular expression over a string of megabytes exhausts its stack. */
function stringToken(text: string, start: number): string | undefined {
  if (text[start] !== '"') return undefined;
  for (let at = start + 1; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return text.slice(start, at + 1);
    if (code < 0x20) return undefined;
    if (code === BACKSLASH) {
      ESCAPE.lastIndex = at;
      if (!ESCAPE.test(text)) return undefined;
      at = ESCAPE.lastIndex;
    } else {
      at += 1;
    }
  }
  return undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function skipSpace(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code > 0x20 || Number.isNaN(code)) return at;
  SPACE.lastIndex = at;
  SPACE.test(text);
  return SPACE.lastIndex;
}

/** The text that a string token stands for. */
export function decodeString(token: string): string {
  return token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
}

/** A node that can be walked through: what stayed text is parsed. */
export function opened(node: JsonNode): JsonNode {
  return typeof node === 'string' && (node.startsWith('{') || node.startsWith('[')) ? parseExactJson(node) : node;
}

export function isObject(node: JsonNode): node is JsonObject {
  return typeof node === 'object' && !Array.isArray(node);
}

/** A member by its decoded name. */
export function member(object: JsonObject, name: string): JsonNode | undefined {
  const index = object.keys.findIndex((key) => decodeString(key) === name);
  return index < 0 ? undefined : object.values[index];
}

/** Compact text: no space outside strings, every token as it was written. */
export function exactText(node: JsonNode): string {
  if (typeof node === 'string') return node;
  if (Array.isArray(node)) {
    // Not joined: who wants the whole text as one piece has it copied once.
    let text = '';
    for (const item of node) text += text === '' ? exactText(item) : `,${exactText(item)}`;
    return `[${text}]`;
  }
  return `{${node.keys.map((key, index) => `${key}:${exactText(node.values[index]!)}`).join(',')}}`;
}

/** A number that a JavaScript number would change; prints as it was written. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  /** A number where one is asked for, e.g. to compare; else its text. */
  [Symbol.toPrimitive](hint: string): string | number {
    return hint === 'number' ? Number(this.text) : this.text;
  }
}

/** As values that a template can walk through. */
export function plainValue(given: JsonNode): unknown {
  const node = opened(given);
  if (typeof node === 'string') return plainScalar(node);
  if (Array.isArray(node)) return node.map(plainValue);
  const plain: Record<string, unknown> = {};
  node.keys.forEach((key, index) => {
    const value = plainValue(node.values[index]!);
    Object.defineProperty(plain, decodeString(key), { value, enumerable: true, writable: true, configurable: true });
  });
  return plain;
}

function plainScalar(token: string): unknown {
  if (token.startsWith('"')) return decodeString(token);
  if (token === 'true') return true;
  if (token === 'false') return false;
  if (token === 'null') return null;
  const number = Number(token);
  return String(number) === token ? number : new ExactNumber(token);
}
