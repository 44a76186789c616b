import { maxStoredBytes } from './limits.ts';

/** Every escape that `JSON.stringify` writes; the group holds a lone surrogate's digits. */
const escapes = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/g;

/** JSON text in which lone surrogates, which make it unreadable for some engines, are U+FFFD. */
export function withoutLoneSurrogates(json: string): string {
  if (!json.includes('\\ud')) return json;
  return json.replace(escapes, (escape, surrogate: string | undefined) => (surrogate ? '\ufffd' : escape));
}

/** The text in pieces of so many bytes of UTF-8 at most, never splitting a character. */
export function inStoredPieces(text: string, maxBytes: number = maxStoredBytes): string[] {
  // A UTF-16 unit takes at most three bytes.
  if (text.length * 3 <= maxBytes) return [text];
  const bytes = Buffer.from(text);
  const pieces: string[] = [];
  let start = 0;
  while (start < bytes.length) {
    let end = Math.min(start + maxBytes, bytes.length);
    while (end < bytes.length && isContinuation(bytes[end])) end -= 1;
    pieces.push(bytes.toString('utf8', start, end));
    start = end;
  }
  return pieces;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
