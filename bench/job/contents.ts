import { DuckDBInstance } from '@duckdb/node-api';

/** What a lake holds, in sums that only the same events have. */
export interface Contents {
  readonly events: string;
  /** Of ids, times and data. */
  readonly sum: string;
  /** Of the purchases' typed column. */
  readonly revenue: string;
  /** Events as the player tables count them. */
  readonly counted: string;
}

const digest = 'hash(application_id, event_id, epoch_us(event_at), event_data)';

/** What the events table and the player tables must hold once all raw objects are taken. */
export async function contentsOfRaw(files: readonly string[]): Promise<Contents> {
  return ask(`
    SELECT count(*)::VARCHAR AS events, bit_xor(digest)::VARCHAR AS sum, sum(amount)::VARCHAR AS revenue,
      count(*)::VARCHAR AS counted
    FROM (
      SELECT any_value(${digest}) AS digest, any_value((event_data ->> 'currency_amount')::DECIMAL(38, 4)) AS amount
      FROM read_parquet(${list(files)}) WHERE status = 'accepted' GROUP BY application_id, event_id
    )`);
}

/** What they do hold. */
export async function contentsOfLake(events: readonly string[], playerDays: readonly string[]): Promise<Contents> {
  // A partition's key stands in its path and not in its files.
  const rows = `SELECT *, regexp_extract(filename, 'application_id=([^/]+)', 1) AS application_id
    FROM read_parquet(${list(events)}, filename = true, hive_partitioning = false, union_by_name = true)`;
  return ask(`
    SELECT count(*)::VARCHAR AS events, bit_xor(${digest})::VARCHAR AS sum,
      sum(currency_amount::DECIMAL(38, 4))::VARCHAR AS revenue,
      (SELECT sum(events) FROM read_parquet(${list(playerDays)}, hive_partitioning = false))::VARCHAR AS counted
    FROM (${rows})`);
}

async function ask(sql: string): Promise<Contents> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const [row] = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    return row as unknown as Contents;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const list = (files: readonly string[]): string => `[${files.map((path) => `'${path}'`).join(', ')}]`;
