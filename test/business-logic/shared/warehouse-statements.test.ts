import { describe, expect, it } from 'vitest';
import { columnsToAdd, fillStatement } from '../../../business-logic/shared/warehouse-statements.ts';
import type { StatementValues } from '../../../business-logic/shared/warehouse-statements.ts';

describe('fillStatement', () => {
  it('puts texts and names into quotes, and files into lists and rows', () => {
    const values = { REPORT_USER: 'IAMR:reports', BOUNDARY: '2026-03-01', FILES: ['a/b.parquet', 'c.parquet'] };
    expect(fillStatement('CREATE USER "${REPORT_USER}"; SELECT ${REPORT_USER}', values)).toBe(
      `CREATE USER "IAMR:reports"; SELECT 'IAMR:reports'`,
    );
    expect(fillStatement('DELETE FROM t WHERE d < ${BOUNDARY} AND k IN (${FILES})', values)).toBe(
      `DELETE FROM t WHERE d < '2026-03-01' AND k IN ('a/b.parquet', 'c.parquet')`,
    );
    expect(fillStatement('INSERT INTO t (k) VALUES ${FILES}', values)).toBe(
      `INSERT INTO t (k) VALUES ('a/b.parquet'), ('c.parquet')`,
    );
  });

  it.each<[string, StatementValues, RegExp]>([
    ['a quote in a key', { FILES: ["a'); DROP TABLE events; --"] }, /given for FILES; allowed: keys of objects/],
    ['a backslash in a key', { FILES: ['a\\'] }, /given for FILES/],
    ['no key', { FILES: [] }, /needs a value for FILES/],
    ['no value', {}, /needs a value for FILES/],
  ])('refuses %s', (_, values, problem) => {
    expect(() => fillStatement('SELECT ${FILES}', values)).toThrow(problem);
  });

  it.each<[keyof StatementValues, string]>([
    ['BOUNDARY', '2026-3-1'],
    ['DATABASE', "play'lake"],
    ['MANIFEST', "s3://lake/a'b"],
    ['REPORT_USER', 'a"b'],
    ['ROLE_ARN', 'role'],
    ['STREAM', 'a"b'],
  ])('refuses a %s that is %s', (name, value) => {
    expect(() => fillStatement(`SELECT \${${name}}`, { [name]: value })).toThrow(`given for ${name}`);
  });

  it('refuses a placeholder that nothing fills', () => {
    expect(() => fillStatement('SELECT ${OTHER}', {})).toThrow('the placeholder OTHER');
  });
});

describe('columnsToAdd', () => {
  const tables = [
    { name: 'events', columns: ['a', 'b', 'c'].map((name) => ({ name, type: 'BIGINT' })) },
    { name: 'others', columns: [{ name: 'a', type: 'DATE' }] },
  ];

  it('adds what a table lacks, in its order, and nothing else', () => {
    const existing = [
      { table: 'events', column: 'a' },
      { table: 'OTHERS', column: 'A' },
      { table: 'elsewhere', column: 'b' },
    ];
    expect(columnsToAdd(tables, existing)).toEqual([
      { name: 'column b of events', statements: ['ALTER TABLE public.events ADD COLUMN "b" BIGINT'] },
      { name: 'column c of events', statements: ['ALTER TABLE public.events ADD COLUMN "c" BIGINT'] },
    ]);
  });
});
