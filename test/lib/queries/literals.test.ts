import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindParameters } from '../../../lib/queries/bind-parameters.ts';
import { InvalidParameter, toLiteral } from '../../../lib/queries/literals.ts';
import { parseExpression, textOf } from '../../../lib/queries/sql-tree.ts';
import { anyCharacter } from '../../support/any-character.ts';

describe('toLiteral', () => {
  it.each([
    ['date', '2026-02-28', "DATE '2026-02-28'"],
    ['timestamp', '2026-02-28T23:59:59.5Z', "TIMESTAMP '2026-02-28 23:59:59.5'"],
    ['integer', '-042', '-42'],
    ['integer', '9223372036854775807', '9223372036854775807'],
    ['decimal', '12.50', '12.50'],
    ['decimal', '12', '12.0'],
    ['boolean', 'true', 'TRUE'],
    ['varchar', "O'Brien", "'O''Brien'"],
    ['varchar', ' ', "' '"],
  ] as const)('writes the %s %j as %s', (type, value, literal) => {
    expect(toLiteral(type, value)).toBe(literal);
  });

  it.each([
    ['date', '2026-02-30'],
    ['date', '2026-1-1'],
    ['date', "2026-01-01' OR '1'='1"],
    ['timestamp', '2026-01-01 24:00:00'],
    ['integer', '9223372036854775808'],
    ['integer', '1e3'],
    ['integer', '1; DROP TABLE x'],
    ['decimal', '1,5'],
    ['decimal', '123456789012345678901234567890123456789'],
    ['boolean', 'yes'],
    ['varchar', 'a\0b'],
  ] as const)('refuses the %s %j', (type, value) => {
    expect(() => toLiteral(type, value)).toThrow(InvalidParameter);
  });

  it('quotes any text so that it comes back whole', () => {
    assert(
      property(
        string({ unit: anyCharacter }).filter((text) => !text.includes('\0')),
        (text) => {
          expect(textOf(parseExpression(toLiteral('varchar', text)))).toBe(text);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('bindParameters', () => {
  it('puts literals for ? in their order, and leaves other ? alone', () => {
    expect(bindParameters("SELECT '?' WHERE a = ? AND b = ? -- ?", ["'x?'", '2'])).toBe(
      "SELECT '?' WHERE a = ('x?') AND b = (2) -- ?",
    );
  });

  it.each([
    ['a word without quotes', ['hello'], /Column 'hello' cannot be resolved/],
    ['a quoted name', ['"hello"'], /Column 'hello' cannot be resolved/],
    ['a query', ['(SELECT 1)'], /is no constant/],
    ['two expressions', ['1, 2'], /one expression is expected/],
    ['a statement behind the value', ['1; SELECT 2'], /one statement is expected/],
    ['a FROM behind the value', ['1 FROM secrets'], /one expression is expected/],
    ['too few', [], /expected 1 but found 0/],
    ['too many', ['1', '2'], /expected 1 but found 2/],
  ])('refuses %s', (_, parameters, message) => {
    expect(() => bindParameters('SELECT a FROM t WHERE b = ?', parameters)).toThrow(message);
  });

  it('lets no comment in a value swallow the rest', () => {
    expect(bindParameters('SELECT a FROM t WHERE b = ? AND c = 1', ['1 --'])).toBe(
      'SELECT a FROM t WHERE b = (1) AND c = 1',
    );
  });
});
