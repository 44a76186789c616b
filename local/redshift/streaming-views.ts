import type { LocalLog } from '../runtime.ts';
import { WarehouseError } from './engine.ts';
import type { WarehouseRows } from './engine.ts';
import type { StatementContext } from './statement-runner.ts';

/** Materialized views on a Kinesis stream, and what reads them. */
export interface StreamingViews {
  /** Undefined for another statement. */
  perform(text: string, context: StatementContext): Promise<WarehouseRows | undefined>;
}

const NAME = String.raw`(?:"(?:[^"]|"")+"|\w+)`;
const CREATE = new RegExp(
  String.raw`^CREATE MATERIALIZED VIEW (${NAME}(?:\.${NAME})?) AUTO REFRESH (?:YES|NO) AS (SELECT .* FROM (${NAME}\.${NAME}))$`,
  'is',
);
const VIEW = new RegExp(
  String.raw`^CREATE (?:OR REPLACE )?VIEW (${NAME}(?:\.${NAME})?) AS (.*?)(?: WITH NO SCHEMA BINDING)?$`,
  'is',
);

const DROP = new RegExp(
  String.raw`^DROP MATERIALIZED VIEW ((?:IF EXISTS )?${NAME}(?:\.${NAME})?(?: CASCADE| RESTRICT)?)$`,
  'i',
);

/** What Redshift shows of a stream. */
const RECORD = `approximate_arrival_timestamp timestamp, partition_key varchar, shard_id varchar, sequence_number varchar,
  refresh_time timestamp, kinesis_data varchar`;

/**
 * A materialized view on a stream becomes a table of its columns, which stays empty; a view that goes through its
 * documents (`payload.events`), which PostgreSQL cannot, one without rows that says so by its only column. Both are told
 * to the log.
 */
export function createStreamingViews(log: Pick<LocalLog, 'warn'>): StreamingViews {
  return {
    async perform(text, { session }) {
      const [, name, query, source] = CREATE.exec(text) ?? [];
      if (name !== undefined && query !== undefined && source !== undefined) {
        await session.script(`CREATE TABLE IF NOT EXISTS ${source} (${RECORD})`);
        await session.script(`CREATE TABLE ${name} AS ${query} WITH NO DATA`);
        await session.query(`COMMENT ON TABLE ${name} IS 'stands in for a materialized view on a stream'`);
        log.warn('a materialized view on a stream has no stand-in: it stays empty', { view: name });
        return { columns: [], rows: [], affectedRows: 0 };
      }
      const [, dropped] = DROP.exec(text) ?? [];
      if (dropped !== undefined) return session.query(`DROP TABLE ${dropped}`);
      const [, view, body] = VIEW.exec(text) ?? [];
      if (view === undefined || body === undefined || !/\blive_|payload\./i.test(body)) return undefined;
      await session.script('SAVEPOINT view_on_stream');
      try {
        return await session.query(`CREATE VIEW ${view} AS ${body}`);
      } catch (error) {
        // PartiQL: to PostgreSQL a schema or a database of this name, or no SQL at all.
        if (!(error instanceof WarehouseError) || !/^(0A|42|3F)/.test(error.code)) throw error;
        await session.script('ROLLBACK TO SAVEPOINT view_on_stream');
        log.warn('a view through documents of SUPER has no stand-in: it has no rows', { view });
        return session.query(
          `CREATE VIEW ${view} AS SELECT CAST(NULL AS varchar) AS no_stand_in_for_super WHERE false`,
        );
      }
    },
  };
}
