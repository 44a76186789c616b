import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxStoredBytes } from '../../../business-logic/events-processing/limits.ts';
import { inStoredPieces, withoutLoneSurrogates } from '../../../business-logic/events-processing/stored-text.ts';

describe('inStoredPieces', () => {
  it.each([
    ['nothing', '', 1],
    ['as much as fits', 'x'.repeat(maxStoredBytes), 1],
    ['one byte more', 'x'.repeat(maxStoredBytes + 1), 2],
    ['a megabyte', 'x'.repeat(1_000_000), 17],
    ['two-byte characters off the boundary', `x${'é'.repeat(60_000)}`, 3],
    ['three-byte characters off the boundary', `xx${'世'.repeat(40_000)}`, 3],
    ['four-byte characters off the boundary', `x${'😀'.repeat(30_000)}`, 3],
  ])('splits %s', (_what, text, count) => {
    const pieces = inStoredPieces(text);
    expect(pieces.join('')).toBe(text);
    expect(pieces).toHaveLength(count);
  });

  it('keeps every character whole and every piece within the limit', () => {
    const unit = fc.constantFrom('x', 'é', '世', '😀', '👩‍🚀');
    const text = fc.array(fc.tuple(unit, fc.nat(40_000)), { maxLength: 6 });
    fc.assert(
      fc.property(text, (runs) => {
        const sent = runs.map(([character, times]) => character.repeat(times)).join('');
        const pieces = inStoredPieces(sent);
        expect(pieces.join('')).toBe(sent);
        expect(pieces.filter((piece) => Buffer.byteLength(piece) > maxStoredBytes)).toEqual([]);
        expect(pieces.filter((piece) => Buffer.from(piece).toString() !== piece)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('withoutLoneSurrogates', () => {
  it.each([
    ['a first half', '\ud83d', '\ufffd'],
    ['a second half', '\ude00', '\ufffd'],
    ['both, in the wrong order', '\ude00\ud83d', '\ufffd\ufffd'],
    ['a whole character', '😀', '😀'],
    ['the escape as text', '\\ud83d', '\\ud83d'],
    ['the escape as text behind a backslash', '\\\\ud83d', '\\\\ud83d'],
    ['a backslash before a half', '\\\ud83d', '\\\ufffd'],
  ])('replaces no more than half characters: %s', (_what, text, expected) => {
    expect(JSON.parse(withoutLoneSurrogates(JSON.stringify({ [text]: text })))).toEqual({ [expected]: expected });
  });

  it('agrees with what JavaScript calls well-formed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd800, max: 0xdfff }), fc.constant(0x5c))),
        (units) => {
          const text = String.fromCharCode(...units);
          const expected = Buffer.from(text).toString();
          expect(JSON.parse(withoutLoneSurrogates(JSON.stringify(text)))).toBe(expected);
        },
      ),
    );
  });
});
