/** Longest name of a file or folder on the file systems of Linux, macOS and Windows, in bytes. */
const longestName = 255;

/**
 * The path of a key below its bucket's folder, or undefined when the key cannot be a file name there
 * (`..`, an empty segment, a trailing slash, a segment that is too long): such objects are kept elsewhere.
 */
export function plainPath(key: string): string | undefined {
  return key.split('/').every(isFileName) ? key : undefined;
}

function isFileName(segment: string): boolean {
  return (
    segment !== '' &&
    segment !== '.' &&
    segment !== '..' &&
    !/[\0\\]/.test(segment) &&
    Buffer.byteLength(segment) <= longestName
  );
}
