import * as fc from 'fast-check';

/**
 * Any character of Unicode, as the unit of `fc.string`. Its own `binary` is the same, and makes a table of a million
 * entries before the first text.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0x10_ff_ff - 0x8_00 })
  .map((place) => String.fromCodePoint(place < 0xd8_00 ? place : place + 0x8_00));
