/** What was written last: a template writes what is read right after it, and need not be read character by character. */
let last: { readonly text: string; readonly bytes: Buffer } | undefined;

/** Bytes as base64. Whoever has written them does not change them any more. */
export function writeBase64(bytes: Buffer): string {
  const text = bytes.toString('base64');
  last = { text, bytes };
  return text;
}

/**
 * The bytes of a base64 text, undefined where it is none: as services take it, in the standard alphabet with its padding
 * and nothing else.
 */
export function readBase64(text: string): Buffer | undefined {
  if (last?.text === text) return last.bytes;
  const bytes = Buffer.from(text, 'base64');
  // Buffer passes over whatever is not base64. To write the bytes again and compare is much faster than to look at each
  // character; only bits that stand for nothing may differ.
  if (bytes.toString('base64') === text) return bytes;
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? bytes : undefined;
}
