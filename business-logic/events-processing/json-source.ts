/** A stretch of a text: `start` inclusive, `end` exclusive. */
export interface Slice {
  readonly start: number;
  readonly end: number;
}

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Finds values in JSON text without parsing them, for what `JSON.parse` cannot tell: where a value stood and how its
 * digits were written. No recursion, so no depth of nesting can overflow the stack.
 *
 * The end of the value that starts at `start`, or -1 where the text ends (or a string breaks off) before it does.
 * Brackets are counted, not matched: `JSON.parse` is the judge of what lies between.
 */
export function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === quote) return endOfString(text, start);
  if (first !== openBrace && first !== openBracket) return endOfScalar(text, start);
  let depth = 0;
  let index = start;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === quote) {
      index = endOfString(text, index);
      if (index < 0) return -1;
      continue;
    }
    if (code === openBrace || code === openBracket) depth += 1;
    else if (code === closeBrace || code === closeBracket) {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
    index += 1;
  }
  return -1;
}

/** The end of the string that starts at `start`; -1 where it is never closed or holds a raw control character. */
export function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === quote) return index + 1;
    if (code < 0x20) return -1;
    index += code === backslash ? 2 : 1;
  }
  return -1;
}

/** The first index at or after `start` that is no JSON white space. */
export function skipSpace(text: string, start: number): number {
  let index = start;
  while (isSpace(text.charCodeAt(index))) index += 1;
  return index;
}

/** The end of the value that starts at `start` in valid JSON. */
export function endOfValidValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === quote) return endOfValidString(text, start);
  if (first !== openBrace && first !== openBracket) return endOfScalar(text, start);
  let depth = 0;
  let index = start;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === quote) {
      index = endOfValidString(text, index);
      continue;
    }
    index += 1;
    if (code === openBrace || code === openBracket) depth += 1;
    else if (code === closeBrace || code === closeBracket) depth -= 1;
    if (depth === 0) break;
  }
  return index;
}

/** The next quote, which the engine finds several characters at a time, is the end of every string that escapes none. */
function endOfValidString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end + 1;
}

function isEscaped(text: string, index: number): boolean {
  let before = index;
  while (text.charCodeAt(before - 1) === backslash) before -= 1;
  return (index - before) % 2 === 1;
}

/** The elements of the array that starts at `start`, in valid JSON. */
export function elementsOf(text: string, start: number): Slice[] {
  const elements: Slice[] = [];
  let index = skipSpace(text, start + 1);
  while (text.charCodeAt(index) !== closeBracket) {
    const end = endOfValidValue(text, index);
    elements.push({ start: index, end });
    index = skipSpace(text, end);
    if (text.charCodeAt(index) === comma) index = skipSpace(text, index + 1);
  }
  return elements;
}

/** The value of a member of the object that starts at `start`, in valid JSON. Of equal keys the last wins, as in `JSON.parse`. */
export function memberOf(text: string, start: number, name: string): Slice | undefined {
  const found = startOfMember(text, start, name);
  return found === undefined ? undefined : { start: found, end: endOfValidValue(text, found) };
}

/** Where that value starts: found without reading what follows it, unless the name may stand there once more. */
export function startOfMember(text: string, start: number, name: string): number | undefined {
  let found: number | undefined;
  let index = skipSpace(text, start + 1);
  while (text.charCodeAt(index) !== closeBrace) {
    const keyEnd = endOfValidString(text, index);
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    if (keyAt(text, index, keyEnd) === name) {
      found = valueStart;
      if (!mayFollow(text, valueStart, name)) return found;
    }
    index = skipSpace(text, endOfValidValue(text, valueStart));
    if (text.charCodeAt(index) === comma) index = skipSpace(text, index + 1);
  }
  return found;
}

/** Whether a key may stand in the text from `start` on: as it is, or in another spelling, which takes an escape. */
function mayFollow(text: string, start: number, name: string): boolean {
  const escape = /^\w+$/.test(name) ? '\\u00' : '\\';
  // Without its first two characters the engine looks for `events"` by a rarer one, in a quarter of the time.
  return text.includes(`${name}"`.slice(1), start) || text.includes(escape, start);
}

/** The text with every number outside its strings replaced by what `replace` makes of it; valid JSON only. */
export function replaceNumbers(text: string, replace: (token: string) => string): string {
  let result = '';
  let copied = 0;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === quote) index = endOfValidString(text, index);
    else if (code === minus || isDigit(code)) {
      const end = endOfScalar(text, index);
      result += text.slice(copied, index) + replace(text.slice(index, end));
      copied = end;
      index = end;
    } else index += 1;
  }
  return result + text.slice(copied);
}

function endOfScalar(text: string, start: number): number {
  let index = start;
  while (index < text.length && !endsScalar(text.charCodeAt(index))) index += 1;
  return index;
}

function endsScalar(code: number): boolean {
  return (
    isSpace(code) ||
    code === comma ||
    code === quote ||
    code === openBrace ||
    code === closeBrace ||
    code === openBracket ||
    code === closeBracket
  );
}

function keyAt(text: string, start: number, end: number): string {
  const key = text.slice(start + 1, end - 1);
  return key.includes('\\') ? (JSON.parse(`"${key}"`) as string) : key;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
