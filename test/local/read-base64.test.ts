import { assert, constantFrom, property, string, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { readBase64 } from '../../local/read-base64.ts';

it('reads what was written', () => {
  assert(
    property(uint8Array({ maxLength: 50 }), (bytes) => {
      expect(readBase64(Buffer.from(bytes).toString('base64'))).toEqual(Buffer.from(bytes));
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
