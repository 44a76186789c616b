import { assert, constantFrom, property, string, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { readBase64, writeBase64 } from '../../local/base64.ts';

it('reads what was written', () => {
  assert(
    property(uint8Array({ maxLength: 50 }), (bytes) => {
      const [text, other] = [writeBase64(Buffer.from(bytes)), Buffer.from([1, ...bytes])];
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect(readBase64(other.toString('base64'))).toEqual(other);
      expect(readBase64(text)).toEqual(Buffer.from(bytes));
    }),
  );
});

it('takes the standard alphabet with its padding alone', () => {
  assert(
    property(
      string({ unit: constantFrom('A', 'b', '9', '+', '/', '=', '-', '_', ' ', '\n', '\u0141'), maxLength: 9 }),
      (text) => {
        const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
        expect(readBase64(text)).toEqual(isBase64 ? Buffer.from(text, 'base64') : undefined);
      },
    ),
    { numRuns: 1_000 },
  );
});
