import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aLake } from '../support/a-lake.ts';
import type { Lake } from '../support/a-lake.ts';
import { athenaAnswers, athenaRefusals } from '../support/athena-answers.ts';

let lake: Lake;
beforeAll(async () => {
  lake = await aLake({ now: '2026-03-31T12:00:00Z' });
});
afterAll(() => lake.stop());

async function answer(expression: string): Promise<readonly [string, string | undefined]> {
  const { columns, rows } = await lake.query(`SELECT ${expression} AS x`);
  return [columns[0]?.type ?? '', rows[0]?.[0]];
}

describe('athena-compat', () => {
  it.each(athenaAnswers)('%s', async (_, expression, type, value) => {
    expect(await answer(expression)).toEqual([type, value]);
  });

  it.each(athenaRefusals)('fails for %s', async (_, expression, message) => {
    const query = expression.includes(' FROM ') ? `SELECT ${expression}` : `SELECT ${expression} AS x`;
    await expect(lake.query(query)).rejects.toThrow(message);
  });

  it.each(['ASC', 'DESC'])('puts nulls last, %s', async (direction) => {
    const { rows } = await lake.query(`SELECT x FROM (VALUES (1), (NULL), (2)) AS t(x) ORDER BY x ${direction}`);
    expect(rows.at(-1)).toEqual([undefined]);
  });

  it.each(['ASC', 'DESC'])('puts nulls last in windows, %s', async (direction) => {
    const { rows } = await lake.query(
      `SELECT x FROM (SELECT x, row_number() OVER (ORDER BY x ${direction}) AS n FROM (VALUES (1), (NULL), (2)) AS t(x)) AS r WHERE n = 3`,
    );
    expect(rows).toEqual([[undefined]]);
  });

  it('orders text by code points', async () => {
    const { rows } = await lake.query("SELECT x FROM (VALUES ('b'), ('B'), ('10'), ('2'), ('ä')) AS t(x) ORDER BY x");
    expect(rows.flat()).toEqual(['10', '2', 'B', 'b', 'ä']);
  });
});
