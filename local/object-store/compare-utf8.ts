/** Orders strings by their UTF-8 bytes, as S3 lists keys. (JavaScript's own order differs beyond U+FFFF.) */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      // A surrogate stands for a character above every other code unit.
      const xAbove = isSurrogate(x);
      const yAbove = isSurrogate(y);
      if (xAbove !== yAbove) return xAbove ? 1 : -1;
      return x < y ? -1 : 1;
    }
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
