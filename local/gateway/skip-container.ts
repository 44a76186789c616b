/** An array or object of a JSON text that was read over. */
export interface SkippedContainer {
  /** The place behind it. */
  readonly end: number;
  /** Whether there is space between its tokens. */
  readonly isSpaced: boolean;
}

/** Of one object; with more the comparison of each with each would take too long. */
const mostKeys = 64;
const mostOpenKeys = 4_096;
const mostLevels = 1_000;

/** Hashes of the keys of all objects that are open; where each container's begin, -1 for an array. */
const hashes = new Int32Array(mostOpenKeys);
const bases = new Int32Array(mostLevels);

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;

/**
 * Reads over the array or object that begins at a place of JSON in UTF-8, checking its grammar, in a fraction of the time
 * that parsing takes. Undefined where a parser has to look: it is no JSON, nested deeper than `levels`, has very many
 * keys, or may have a key twice.
 */
export function skipContainer(bytes: Uint8Array, start: number, levels: number): SkippedContainer | undefined {
  let at = start;
  let level = -1;
  let keys = 0;
  let isSpaced = false;
  let isKeyDue = false;
  for (;;) {
    if (isKeyDue) {
      if (bytes[at]! !== QUOTE || keys - bases[level]! >= mostKeys || keys >= mostOpenKeys) return undefined;
      let hash = 0;
      let code = bytes[++at]!;
      for (; code !== QUOTE; code = bytes[++at]!) {
        // Other spellings of one key have escapes; behind the end there is no number.
        if (code === BACKSLASH || !(code >= 0x20)) return undefined;
        hash = (Math.imul(hash, 31) + code) | 0;
      }
      for (let other = bases[level]!; other < keys; other += 1) if (hashes[other] === hash) return undefined;
      hashes[keys++] = hash;
      at += 1;
      if (bytes[at]! !== COLON) {
        isSpaced = true;
        at = spaceEnd(bytes, at);
        if (bytes[at]! !== COLON) return undefined;
      }
      at += 1;
      if (bytes[at]! <= 0x20) {
        isSpaced = true;
        at = spaceEnd(bytes, at);
      }
      isKeyDue = false;
    }

    let code = bytes[at]!;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++level >= levels || level >= mostLevels) return undefined;
      bases[level] = code === OPEN_BRACE ? keys : -1;
      at += 1;
      if (bytes[at]! <= 0x20) {
        isSpaced = true;
        at = spaceEnd(bytes, at);
      }
      // The brackets that close lie two behind those that open.
      if (bytes[at]! !== code + 2) {
        isKeyDue = code === OPEN_BRACE;
        continue;
      }
      level -= 1;
      at += 1;
    } else {
      at = code === QUOTE ? stringEnd(bytes, at) : scalarEnd(bytes, at);
      if (at < 0) return undefined;
    }

    // Behind a value: close what ends here, or go on to the next one.
    while (level >= 0) {
      code = bytes[at]!;
      if (code <= 0x20) {
        isSpaced = true;
        at = spaceEnd(bytes, at);
        code = bytes[at]!;
      }
      const isObject = bases[level]! >= 0;
      if (code === COMMA) {
        at += 1;
        if (bytes[at]! <= 0x20) {
          isSpaced = true;
          at = spaceEnd(bytes, at);
        }
        isKeyDue = isObject;
        break;
      }
      if (code !== (isObject ? OPEN_BRACE : OPEN_BRACKET) + 2) return undefined;
      if (isObject) keys = bases[level]!;
      level -= 1;
      at += 1;
    }
    if (level < 0) return { end: at, isSpaced };
  }
}

/** What lies between two places, as text and without the space between its tokens. */
export function withoutSpace(bytes: Uint8Array, start: number, end: number): string {
  const compact = Buffer.allocUnsafe(end - start);
  let length = 0;
  for (let at = start; at < end;) {
    const from = at;
    at = bytes[at] === QUOTE ? stringEnd(bytes, at) : at + 1;
    if (isSpace(bytes[from]!)) continue;
    for (let one = from; one < at; one += 1) compact[length++] = bytes[one]!;
  }
  return compact.toString('utf8', 0, length);
}

/** Where the space at a place ends. */
function spaceEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isSpace(bytes[at]!)) at += 1;
  return at;
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/** Behind the string that begins at a place; -1 where none does. */
function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  for (let code = bytes[at]!; code !== QUOTE; code = bytes[at]!) {
    if (code === BACKSLASH) at = escapeEnd(bytes, at);
    else if (code >= 0x20) at += 1;
    else return -1;
    if (at < 0) return -1;
  }
  return at + 1;
}

/** What may follow a backslash, besides a u with its four digits. */
const escaped: ReadonlySet<number | undefined> = new Set(Buffer.from('"\\/bfnrt'));

function escapeEnd(bytes: Uint8Array, at: number): number {
  const code = bytes[at + 1];
  if (escaped.has(code)) return at + 2;
  if (code !== 0x75) return -1;
  for (let digit = at + 2; digit < at + 6; digit += 1) if (!isHexDigit(bytes[digit]!)) return -1;
  return at + 6;
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** Letters of either case. */
const isHexDigit = (code: number): boolean => isDigit(code) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);

/** Behind the number or word that begins at a place; -1 where none does. */
function scalarEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  if (bytes[at] === 0x2d) at += 1;
  if (!isDigit(bytes[at]!)) return at === start ? wordEnd(bytes, at) : -1;
  at = bytes[at] === 0x30 ? at + 1 : digitsEnd(bytes, at);
  if (bytes[at] === 0x2e) {
    if (!isDigit(bytes[at + 1]!)) return -1;
    at = digitsEnd(bytes, at + 1);
  }
  // An E of either case.
  if (bytes[at] !== 0x65 && bytes[at] !== 0x45) return at;
  const sign = bytes[at + 1];
  at += sign === 0x2b || sign === 0x2d ? 2 : 1;
  return isDigit(bytes[at]!) ? digitsEnd(bytes, at) : -1;
}

function digitsEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isDigit(bytes[at]!)) at += 1;
  return at;
}

const words = ['true', 'false', 'null'].map((word) => Buffer.from(word));

function wordEnd(bytes: Uint8Array, at: number): number {
  const word = words.find((one) => one.every((code, index) => bytes[at + index] === code));
  return word === undefined ? -1 : at + word.length;
}
