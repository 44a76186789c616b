/** Tries of one shrinking: a large input must not keep a failed run from ending. */
const maxTries = 600;

/** Cuts data (in base64) down for as long as the problem stays the same: halves first, then ever smaller parts. */
export async function shrink(data: string, isSame: (data: string) => Promise<boolean>): Promise<string> {
  // What is not properly base64 stays as it is: it may be just that.
  if (Buffer.from(data, 'base64').toString('base64') !== data) return data;
  let bytes = Buffer.from(data, 'base64');
  let tries = 0;
  for (let part = bytes.length >> 1; part >= 1 && tries < maxTries; part >>= 1) {
    for (let at = 0; at < bytes.length && tries < maxTries;) {
      const smaller = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + part)]);
      tries += 1;
      if (await isSame(smaller.toString('base64'))) bytes = smaller;
      else at += part;
    }
  }
  return bytes.toString('base64');
}
