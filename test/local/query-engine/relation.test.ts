import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationSql } from '../../../local/query-engine/relation.ts';
import { aLake, lakeBucket, lakeDatabase } from '../../support/a-lake.ts';
import type { Lake } from '../../support/a-lake.ts';
import { aRawRow } from '../../support/a-raw-row.ts';

let lake: Lake;
beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake.stop());

describe('a table as a SELECT over its files', () => {
  it.each(['firehose', 'zoned'] as const)('leaves it to the reader to choose rows by time: %s', async (times) => {
    lake.clear();
    await lake.write(
      ['10', '11'].map((day) => aRawRow({ event_at: `2026-03-${day} 12:00:00`, ingest_date: '2026-03-11' })),
      { times },
    );
    const folder = `${lake.objects.bucketPath(lakeBucket)}/raw_events/ingest_date=2026-03-11`;
    const table = lake.catalog.table(lakeDatabase, 'raw_events')!;
    const [[path] = []] = (await lake.writer.runAndReadAll(`SELECT file FROM glob('${folder}/*')`)).getRows();
    const files = [{ path: String(path), arn: '', size: 1 }];
    const sql = relationSql(
      table,
      [{ values: ['2026-03-11'], files }],
      [{ column: 'event_at', ofTime: (column) => `${column} >= DATE '2026-03-11'` }],
    );
    const result = await lake.writer.runAndReadAll(`SELECT event_at FROM (${sql})`);
    expect(result.getRowsJson()).toEqual([['2026-03-11 12:00:00']]);
    const plan = await lake.writer.runAndReadAll(`EXPLAIN (FORMAT json) SELECT event_id FROM (${sql})`);
    const [scan] = /\{[^{}]*"Function": "READ_PARQUET"[^{}]*\}/.exec(String(plan.getRows()[0]?.[1])) ?? [''];
    expect(scan).toMatch(/"Filters": "event_at>=/);
  });
});
