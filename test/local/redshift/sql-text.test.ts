import { describe, expect, it } from 'vitest';
import { parseCopy } from '../../../local/redshift/copy/parse-copy.ts';
import { bindNamed, plainText } from '../../../local/redshift/sql-text.ts';

describe('named parameters', () => {
  const parameters = [
    { name: 'day', value: '2026-01-01' },
    { name: 'game', value: "g' OR 1=1" },
  ];

  it('become numbered ones, each once, whatever stands in strings, names, comments and casts', () => {
    const used = new Set<string>();
    const sql = `SELECT ':day', ":game", x::date -- :day
      FROM t /* :game */ WHERE d = CAST(:day AS date) AND g = :game AND d < :day`;
    const bound = bindNamed(sql, parameters, used);
    expect(bound.sql).toBe(`SELECT ':day', ":game", x::date -- :day
      FROM t /* :game */ WHERE d = CAST($1 AS date) AND g = $2 AND d < $1`);
    expect(bound.parameters).toEqual(['2026-01-01', "g' OR 1=1"]);
    expect([...used]).toEqual(['day', 'game']);
  });

  it('stay as they are where a call brings none, and are refused where one is missing', () => {
    expect(bindNamed('SELECT :x', [], new Set())).toEqual({ sql: 'SELECT :x' });
    expect(() => bindNamed('SELECT :x', parameters, new Set())).toThrow('does not contain the parameter x');
  });
});

it('plain text has neither comments nor line breaks, and keeps strings', () => {
  expect(plainText(`COPY t -- into\n FROM 's3://a  b' /* x */ ;`)).toBe(`COPY t FROM 's3://a  b'`);
});

describe('COPY', () => {
  const role = "IAM_ROLE 'arn:aws:iam::1:role/r'";

  it('is read with its options in any order', () => {
    expect(parseCopy(`COPY a.b (x, "y z") FROM 's3://l/m' MANIFEST ${role} FORMAT AS PARQUET FILLRECORD`)).toEqual({
      table: 'a.b',
      columns: ['x', '"y z"'],
      from: 's3://l/m',
      role: 'arn:aws:iam::1:role/r',
      isManifest: true,
      serializesToJson: false,
      fillsRecords: true,
    });
    expect(parseCopy(`copy t from 's3://l/m' iam_role default parquet serializetojson`)).toMatchObject({
      role: 'default',
      serializesToJson: true,
      isManifest: false,
    });
    expect(parseCopy('SELECT 1')).toBeUndefined();
  });

  it.each([
    [`COPY t FROM 's3://l/m' FORMAT PARQUET`, /IAM_ROLE/],
    [`COPY t FROM 's3://l/m' ${role} CSV`, /at or near "CSV"/],
    [`COPY t FROM 's3://l/m' ${role}`, /only FORMAT AS PARQUET/],
    [`COPY t TO 's3://l/m' ${role} PARQUET`, /syntax error/],
  ])('is refused: %s', (text, reason) => {
    expect(() => parseCopy(text)).toThrow(reason);
  });
});
