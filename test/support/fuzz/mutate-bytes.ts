import type { Random } from '../../../generator/random.ts';
import { nastyBytes } from './nasty-values.ts';

/** A copy of some bytes with one to four small changes: flipped, cut, doubled, put in, taken from another input. */
export function mutateBytes(bytes: Buffer, other: Buffer, random: Random): Buffer {
  let changed = bytes;
  for (let left = random.integer(1, 4); left > 0; left -= 1) changed = mutateOnce(changed, other, random);
  return changed;
}

function mutateOnce(bytes: Buffer, other: Buffer, random: Random): Buffer {
  const at = random.integer(0, bytes.length);
  const end = Math.min(bytes.length, at + random.integer(1, 1 + (bytes.length >> 3)));
  switch (random.integer(0, 5)) {
    case 0: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = copy.readUInt8(at) ^ (1 << random.integer(0, 7));
      return copy;
    }
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at, end), bytes.subarray(end)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), random.pick(nastyBytes), bytes.subarray(at)]);
    case 4:
      return bytes.subarray(0, at);
    default:
      return Buffer.concat([bytes.subarray(0, at), other.subarray(random.integer(0, other.length))]);
  }
}
