import type { Random } from './random.ts';

/** A version 4 UUID in lower case, from the seeded source. */
export function uuid4(random: Random): string {
  const digits = random.hex8() + random.hex8() + random.hex8() + random.hex8();
  return format(digits, '4', random);
}

/** A version 7 UUID in lower case: the first 48 bits are the time in milliseconds. */
export function uuid7(random: Random, at: number): string {
  const digits = at.toString(16).padStart(12, '0') + random.hex8() + random.hex8() + random.hex8();
  return format(digits, '7', random);
}

function format(digits: string, version: string, random: Random): string {
  const variant = random.pick(['8', '9', 'a', 'b']);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    version + digits.slice(13, 16),
    variant + digits.slice(17, 20),
    digits.slice(20, 32),
  ].join('-');
}
