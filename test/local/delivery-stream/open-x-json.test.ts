import { describe, expect, it } from 'vitest';
import { parseColumnType } from '../../../local/delivery-stream/column-type.ts';
import { toPlainLines } from '../../../local/delivery-stream/open-x-json.ts';

const rules = { lowerCaseKeys: true, dotsToUnderscores: false, keyOfColumn: {} };
const convert = (type: string, json: string) =>
  toPlainLines(`{"v":${json}}`, [{ name: 'v', type: parseColumnType(type) }], rules)[0];

describe('OpenX JSON', () => {
  it.each([
    ['string', '"text"', '"text"'],
    ['string', '12345678901234567890', '"12345678901234567890"'],
    ['string', 'true', '"true"'],
    ['string', '{"A":[1.50]}', '"{\\"A\\":[1.50]}"'],
    ['string', '"\\ud800 half"', '"\u{fffd} half"'],
    ['varchar(10)', '"text"', '"text"'],
    ['boolean', 'true', 'true'],
    ['boolean', '"false"', 'false'],
    ['double', '1.5', '1.5'],
    ['double', '"-2"', '-2'],
    ['double', '1e3', '1000'],
    ['int', '2147483647', '2147483647'],
    ['int', '"-5"', '-5'],
    ['bigint', '9223372036854775807', '9223372036854775807'],
    ['decimal(5,2)', '123.45', '"123.45"'],
    ['date', '"2024-02-29"', '"2024-02-29"'],
    ['timestamp', '"2026-01-02 03:04:05.678"', '"2026-01-02 03:04:05.678"'],
    ['timestamp', '"2026-1-2 3:04:05"', '"2026-01-02 03:04:05"'],
    ['timestamp', '"2026-01-02T03:04:05Z"', '"2026-01-02 03:04:05"'],
    ['timestamp', '1767323045', '"2026-01-02 03:04:05.000"'],
    ['timestamp', '1767323045.5', '"2026-01-02 03:04:05.500"'],
    ['timestamp', '1767323045678', '"2026-01-02 03:04:05.678"'],
    ['array<string>', '["a",1,null]', '["a","1",null]'],
    ['array<struct<a:int,b:array<double>>>', '[{"A":1,"b":[2]}]', '[{"a":1,"b":[2]}]'],
    ['map<string,int>', '{"Key":"1"}', '{"Key":1}'],
  ])('reads %s from %s', (type, json, plain) => {
    expect(convert(type, json)).toBe(`{"v":${plain}}`);
  });

  it.each([
    ['boolean', '1'],
    ['double', '"many"'],
    ['double', '""'],
    ['double', '1e999'],
    ['double', '{}'],
    ['int', '2147483648'],
    ['int', '1.5'],
    ['tinyint', '128'],
    ['bigint', '9223372036854775808'],
    ['decimal(5,2)', '1234.5'],
    ['date', '"2023-02-29"'],
    ['timestamp', '"2026-02-30 00:00:00"'],
    ['timestamp', '"2026-01-02 25:00:00"'],
    ['timestamp', '"soon"'],
    ['timestamp', '1e300'],
    ['array<string>', '"a"'],
    ['map<string,int>', '[1]'],
    ['struct<a:int>', '{"a":"x"}'],
  ])('cannot hold as %s: %s', (type, json) => {
    expect(() => convert(type, json)).toThrow(/cannot hold the value/);
  });

  it('leaves nulls and unknown fields out and takes keys in any case', () => {
    const columns = ['a', 'b', 'c'].map((name) => ({ name, type: parseColumnType('string') }));
    expect(toPlainLines('{"A":"1","b":null,"d":"x"}', columns, rules)).toEqual(['{"a":"1"}']);
  });

  it('follows the keys that the template maps', () => {
    const columns = ['a', 'dotted_key'].map((name) => ({ name, type: parseColumnType('string') }));
    const mapped = { lowerCaseKeys: false, dotsToUnderscores: true, keyOfColumn: { a: 'TheA' } };
    expect(toPlainLines('{"TheA":"1","dotted.key":"2","thea":"3"}', columns, mapped)).toEqual([
      '{"a":"1","dotted_key":"2"}',
    ]);
  });

  it('reads several documents of one record, in lines or not', () => {
    const columns = [{ name: 'v', type: parseColumnType('string') }];
    const record = '{"v":"a}{\\""}{"v":"b"}\n\n {"v":{"x":"]"}} ';
    expect(toPlainLines(record, columns, rules)).toEqual(['{"v":"a}{\\""}', '{"v":"b"}', '{"v":"{\\"x\\":\\"]\\"}"}']);
    expect(toPlainLines('', columns, rules)).toEqual([]);
  });

  it.each(['text', '{"v":1', '[{"v":1}]', '{"v":1} rest', '1', '{"v":1,"v":2}', `{"v":${'['.repeat(100_000)}`])(
    'refuses %.20s without quoting it',
    (record) => {
      const columns = [{ name: 'v', type: parseColumnType('string') }];
      expect(() => toPlainLines(record, columns, rules)).toThrow(
        /^Encountered malformed JSON: (not|nested)[a-zA-Z ]+$/,
      );
    },
  );

  it.each(['uniontype<int,string>', 'map<int,string>', 'binary', 'array<>'])('has no stand-in for %s', (type) => {
    expect(() => parseColumnType(type)).toThrow(/no stand-in/);
  });
});
