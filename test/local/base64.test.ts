import { assert, constantFrom, property, string, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { parseAroundBase64, readBase64, writeBase64 } from '../../local/base64.ts';

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

const long = (): string => writeBase64(Buffer.alloc(6_000, 'event'));

it.each([
  ['a value', (text: string) => `{"Name":"a","Record":{"Data":"${text}"}}`],
  ['a value with space around it', (text: string) => `[ "${text}" ]`],
  ['a key', (text: string) => `{"${text}":1}`],
  ['a value twice', (text: string) => `["${text}","${text}"]`],
  ['a part of a text that quotes it', (text: string) => `["\\"${text}"]`],
  ['a part of a longer value', (text: string) => `["${text}AAAA"]`],
  ['no value', (text: string) => `{"Data":"${text.slice(4)}"}`],
])('reads JSON as ever where what was written is %s', (_, documentOf) => {
  const document = documentOf(long());
  expect(parseAroundBase64(document)).toEqual(JSON.parse(document));
});

it.each(['["a"%"]', '{"Data":"%"', '["%""b"]', '[%]'])('refuses %s as ever', (document) => {
  expect(() => parseAroundBase64(document.replace('%', long()))).toThrow(SyntaxError);
});
