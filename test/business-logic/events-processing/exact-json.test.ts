import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  exactJson,
  mayChangeNumbers,
  mayChangeNumbersOfMany,
} from '../../../business-logic/events-processing/exact-json.ts';

describe('exactJson', () => {
  it.each([
    ['12345678901234567890', '12345678901234567890'],
    ['-0.12345678901234567890', '-0.12345678901234567890'],
    ['1e400', '1e400'],
    ['1E-400', '1E-400'],
    ['9007199254740993', '9007199254740993'],
    ['9007199254740992', '9007199254740992'],
    ['1.50', '1.5'],
    ['1e3', '1000'],
    ['1.7976931348623157e308', '1.7976931348623157e+308'],
    ['0.1', '0.1'],
    ['0.000', '0'],
    ['0e999', '0'],
    ['100000000000000000000', '100000000000000000000'],
    ['1234567890123456789000', '1234567890123456789000'],
    ['1000000000000000000000', '1e+21'],
  ])('writes %s as a number of the same value', (sent, written) => {
    expect(exactJson(`{ "n" : ${sent} }`)).toBe(`{"n":${written}}`);
  });

  it('leaves digits in strings alone', () => {
    const text = '{"a\\"12345678901234567890":"[12345678901234567890, 1e400"}';
    expect(exactJson(text)).toBe(text);
  });

  it('writes what parsing and writing gives where no number is at stake', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(3), (value, indent) => {
        expect(exactJson(JSON.stringify(value, undefined, indent))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('keeps every integer, however long', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), { minLength: 1 }), (integers) => {
        const written = exactJson(`[ ${integers.join(' , ')} ]`)
          .slice(1, -1)
          .split(',');
        expect(written.map((text) => asInteger(text))).toEqual(integers);
      }),
    );
  });
});

/** A JSON number as an integer; JavaScript writes those from 1e21 on with an exponent. */
function asInteger(text: string): bigint {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return BigInt(whole + fraction) * 10n ** BigInt(Number(exponent) - fraction.length);
}

describe('mayChangeNumbers', () => {
  it('is true wherever parsing changes a number', () => {
    const number = fc.oneof(
      fc.bigInt({ min: 10n ** 15n, max: 10n ** 30n }).map(String),
      fc.tuple(fc.nat(), fc.bigInt({ min: 10n ** 16n, max: 10n ** 20n })).map(([whole, part]) => `-${whole}.${part}`),
      fc.tuple(fc.integer(), fc.integer({ min: -999, max: 999 })).map(([digits, exponent]) => `${digits}e${exponent}`),
    );
    fc.assert(
      fc.property(number, fc.constantFrom('{"a":#}', '[#]', '[1,\n #]', '{"a" : [ # ]}'), (text, place) => {
        expect(mayChangeNumbers(place.replace('#', text))).toBe(true);
      }),
    );
  });

  it('is false for what games send all the time', () => {
    const usual = {
      event_id: '12345678-1234-4e12-8e12-123456789012',
      event_timestamp: 1_790_000_000_123,
      event_data: { level: 9, price: 4.99, score: 123_456_789_012, rate: 0.333333333333 },
    };
    expect(mayChangeNumbers(JSON.stringify(usual))).toBe(false);
  });
});

describe('mayChangeNumbersOfMany', () => {
  const digits = fc.stringMatching(/^(0|[1-9]\d{0,24})(\.\d{1,24})?$/);
  const number = fc
    .tuple(fc.constantFrom('', '-'), digits, fc.option(fc.stringMatching(/^[eE][-+]?\d{1,4}$/)))
    .map(([sign, mantissa, exponent]) => `${sign}${mantissa}${exponent ?? ''}`);

  it('is true wherever a number is not the same after parsing', () => {
    fc.assert(
      fc.property(number, fc.constantFrom('{"a":#}', '[#]', '[1,\n # ]', '{"a" : [ # , 2]}', '#'), (text, place) => {
        const json = place.replace('#', text);
        const isSame = exactJson(json) === JSON.stringify(JSON.parse(json));
        expect(isSame || mayChangeNumbersOfMany(`{"b":${json}}`)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each(['{"device":"iPhone15,3","e":12}', '{"a":[1e5,2.5E-7,1e99]}', '{"id":"3e1234","n":123456789012345}'])(
    'is false for %s',
    (text) => {
      expect(mayChangeNumbersOfMany(text)).toBe(false);
    },
  );
});
