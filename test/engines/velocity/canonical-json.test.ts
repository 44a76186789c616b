import { describe, expect, it } from 'vitest';
import { canonicalJson, canonicalNumber, canonicalRecord } from './canonical-json.ts';

describe('canonicalNumber', () => {
  it.each([
    ['1', '1e0'],
    ['1.0', '1e0'],
    ['100', '1e2'],
    ['1E+2', '1e2'],
    ['0.00120', '12e-4'],
    ['-0', '0'],
    ['0.000', '0'],
    ['12345678901234567890', '1234567890123456789e1'],
    ['-1.5e400', '-15e399'],
  ])('writes %s as %s', (text, expected) => expect(canonicalNumber(text)).toBe(expected));
});

describe('canonicalJson', () => {
  it('keeps two numbers apart that a double cannot', () =>
    expect(canonicalJson('[9007199254740993]')).not.toEqual(canonicalJson('[9007199254740992]')));

  it('keeps a number and a text apart', () => expect(canonicalJson('["1"]')).not.toEqual(canonicalJson('[1]')));
});

describe('canonicalRecord', () => {
  it('shows the document inside Data', () => {
    const data = Buffer.from('{"a": 1.0}\n').toString('base64');
    expect(canonicalRecord(JSON.stringify({ Record: { Data: data } }))).toEqual({
      Record: { Data: { a: { number: '1e0' } } },
    });
  });

  it('refuses what is not base64', () => expect(() => canonicalRecord('{"Record":{"Data":"%"}}')).toThrow('base64'));
});
