/** An array or object of a JSON text that was read over. */
export interface SkippedContainer {
  /** Where it ends in the text. */
  readonly end: number;
  /** Its own text, without space outside strings. */
  readonly compact: string;
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
 * Reads over the array or object that begins at `start`, checking its grammar, in a fraction of the time that parsing
 * takes. Undefined where a parser has to look: it is no JSON, nested deeper than `levels` allows, has very many keys, or
 * may have a key twice.
 */
export function skipContainer(text: string, start: number, levels: number): SkippedContainer | undefined {
  let at = start;
  let level = -1;
  let keys = 0;
  let isSpaced = false;
  let isKeyDue = false;
  for (;;) {
    if (isKeyDue) {
      if (text.charCodeAt(at) !== QUOTE || keys - bases[level]! >= mostKeys || keys >= mostOpenKeys) return undefined;
      let hash = 0;
      let code = text.charCodeAt(++at);
      for (; code !== QUOTE; code = text.charCodeAt(++at)) {
        // Other spellings of one key have escapes; the end of the text is not a number.
        if (code === BACKSLASH || !(code >= 0x20)) return undefined;
        hash = (Math.imul(hash, 31) + code) | 0;
      }
      for (let other = bases[level]!; other < keys; other += 1) if (hashes[other] === hash) return undefined;
      hashes[keys++] = hash;
      at += 1;
      if (text.charCodeAt(at) !== COLON) {
        isSpaced = true;
        at = spaceEnd(text, at);
        if (text.charCodeAt(at) !== COLON) return undefined;
      }
      at += 1;
      if (text.charCodeAt(at) <= 0x20) {
        isSpaced = true;
        at = spaceEnd(text, at);
      }
      isKeyDue = false;
    }

    let code = text.charCodeAt(at);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++level >= levels || level >= mostLevels) return undefined;
      bases[level] = code === OPEN_BRACE ? keys : -1;
      at += 1;
      if (text.charCodeAt(at) <= 0x20) {
        isSpaced = true;
        at = spaceEnd(text, at);
      }
      // The brackets that close lie two behind those that open.
      if (text.charCodeAt(at) !== code + 2) {
        isKeyDue = code === OPEN_BRACE;
        continue;
      }
      level -= 1;
      at += 1;
    } else {
      at = code === QUOTE ? stringEnd(text, at) : scalarEnd(text, at);
      if (at < 0) return undefined;
    }

    // Behind a value: close what ends here, or go on to the next one.
    while (level >= 0) {
      code = text.charCodeAt(at);
      if (code <= 0x20) {
        isSpaced = true;
        at = spaceEnd(text, at);
        code = text.charCodeAt(at);
      }
      const isObject = bases[level]! >= 0;
      if (code === COMMA) {
        at += 1;
        if (text.charCodeAt(at) <= 0x20) {
          isSpaced = true;
          at = spaceEnd(text, at);
        }
        isKeyDue = isObject;
        break;
      }
      if (code !== (isObject ? OPEN_BRACE : OPEN_BRACKET) + 2) return undefined;
      if (isObject) keys = bases[level]!;
      level -= 1;
      at += 1;
    }
    if (level < 0) {
      const whole = text.slice(start, at);
      return { end: at, compact: isSpaced ? withoutSpace(whole) : whole };
    }
  }
}

/** Where the space at a place ends. */
function spaceEnd(text: string, start: number): number {
  let at = start;
  for (let code = text.charCodeAt(at); isSpace(code); code = text.charCodeAt(at)) at += 1;
  return at;
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Behind the string that begins at a place; -1 where none does. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(at)) {
    if (code === BACKSLASH) {
      escape.lastIndex = at;
      if (!escape.test(text)) return -1;
      at = escape.lastIndex;
    } else if (code >= 0x20) at += 1;
    else return -1;
  }
  return at + 1;
}

/** Behind the number or word that begins at a place; -1 where none does. */
function scalarEnd(text: string, start: number): number {
  let at = start;
  let code = text.charCodeAt(at);
  if (code === 0x2d) code = text.charCodeAt(++at);
  if (!isDigit(code)) return at === start ? wordEnd(text, at, code) : -1;
  at = code === 0x30 ? at + 1 : digitsEnd(text, at);
  if (text.charCodeAt(at) === 0x2e) {
    if (!isDigit(text.charCodeAt(at + 1))) return -1;
    at = digitsEnd(text, at + 1);
  }
  // An E of either case.
  if ((text.charCodeAt(at) | 0x20) !== 0x65) return at;
  const sign = text.charCodeAt(at + 1);
  at += sign === 0x2b || sign === 0x2d ? 2 : 1;
  return isDigit(text.charCodeAt(at)) ? digitsEnd(text, at) : -1;
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

function digitsEnd(text: string, start: number): number {
  let at = start;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

function wordEnd(text: string, at: number, code: number): number {
  const word = code === 0x74 ? 'true' : code === 0x66 ? 'false' : 'null';
  return text.startsWith(word, at) ? at + word.length : -1;
}

/** JSON text without the space between its tokens. */
function withoutSpace(text: string): string {
  let compact = '';
  let kept = 0;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at);
    else if (code > 0x20) at += 1;
    else {
      compact += text.slice(kept, at);
      at = spaceEnd(text, at);
      kept = at;
    }
  }
  return compact + text.slice(kept);
}
