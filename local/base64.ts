import { randomUUID } from 'node:crypto';

/** What was written last: a template writes what is read right after it, and need not be read character by character. */
let last: { readonly text: string; readonly bytes: Buffer } | undefined;

/** Bytes as base64. Whoever has written them does not change them any more. */
export function writeBase64(bytes: Buffer): string {
  const text = bytes.toString('base64');
  last = { text, bytes };
  return text;
}

/** Shorter ones are not worth the search. */
const longText = 4_096;
/** Nobody can know it, and so have it in his data. */
const placeholder = randomUUID();

/**
 * `JSON.parse` of a document in which what `writeBase64` wrote last may be a value: that one is neither read character by
 * character nor copied.
 */
export function parseAroundBase64(document: string): unknown {
  const written = last?.text ?? '';
  const at = written.length < longText ? -1 : quotedAt(document, written);
  if (at < 0) return JSON.parse(document) as unknown;
  let found = 0;
  const rest = document.slice(0, at) + placeholder + document.slice(at + written.length);
  const parsed: unknown = JSON.parse(rest, (_, value: unknown) => {
    if (value !== placeholder) return value;
    found += 1;
    return written;
  });
  // Else the quote before it was one within a text, or it is a key.
  return found === 1 ? parsed : (JSON.parse(document) as unknown);
}

/** Where a text stands right between two quotes, among the first ones there are; -1 where it does not. */
function quotedAt(document: string, text: string): number {
  let quote = document.indexOf('"');
  for (let tries = 0; tries < 16 && quote >= 0; tries += 1) {
    const start = quote + 1;
    if (document[start + text.length] === '"' && document.slice(start, start + text.length) === text) return start;
    quote = document.indexOf('"', start);
  }
  return -1;
}

/**
 * The bytes of a base64 text, undefined where it is none: as services take it, in the standard alphabet with its padding
 * and nothing else.
 */
export function readBase64(text: string): Buffer | undefined {
  if (last?.text === text) return last.bytes;
  const bytes = Buffer.from(text, 'base64');
  // Buffer passes over whatever is not base64, which makes fewer bytes of a text, and takes the URL's alphabet and, of
  // characters beyond Latin-1, the lower byte. To look for those takes a third of what writing the bytes again takes.
  const padding = text.endsWith('==') ? 2 : Number(text.endsWith('='));
  const isWhole = text.length % 4 === 0 && bytes.length === (text.length / 4) * 3 - padding;
  const isAscii = Buffer.byteLength(text) === text.length;
  return isWhole && isAscii && !text.includes('-') && !text.includes('_') ? bytes : undefined;
}
