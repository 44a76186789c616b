import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

export interface RawObjectsOptions {
  /** Files go below it, by the keys of their objects. */
  readonly folder: string;
  readonly rows: number;
  /** Days of arrival. */
  readonly days: number;
  /** The last of them, `YYYY-MM-DD`. */
  readonly lastDay: string;
  /** Changes every id. */
  readonly seed: string;
  readonly games: number;
  /** Share of rows whose event happened up to six days before they arrived. Default 0.02. */
  readonly late?: number;
  /** Day of the folder that the objects lie in; default: that of arrival. */
  readonly ingestDate?: string;
  /** First part of the objects' names. Default `stream-1`. */
  readonly name?: string;
}

/** What lies in raw objects. */
export interface RawObjects {
  readonly keys: readonly string[];
  readonly rows: number;
}

/** Rows of a file, about as many as a buffer of 128 MB holds. */
const fileRows = 140_000;
const dayMilliseconds = 86_400_000;

/**
 * Writes raw objects as Firehose leaves them: rows in the order of their arrival, in the folder of the day on which
 * they came. Games are unequal, one row in a hundred repeats an earlier one, one in a hundred is rejected.
 */
export async function writeRawObjects(options: RawObjectsOptions): Promise<RawObjects> {
  const { folder, rows, days, lastDay, ingestDate, name = 'stream-1' } = options;
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const firstMoment = Date.parse(`${lastDay}T00:00:00Z`) - (days - 1) * dayMilliseconds;
    const keys: string[] = [];
    for (let day = 0; day < days; day += 1) {
      const date = new Date(firstMoment + day * dayMilliseconds).toISOString().slice(0, 10);
      const end = Math.ceil((rows * (day + 1)) / days);
      for (let first = Math.ceil((rows * day) / days); first < end; first += fileRows) {
        const number = String(keys.length).padStart(5, '0');
        const key = `raw_events/ingest_date=${ingestDate ?? date}/${name}-${number}.parquet`;
        const path = join(folder, key);
        mkdirSync(dirname(path), { recursive: true });
        const range = { first, end: Math.min(first + fileRows, end) };
        await connection.run(
          `COPY (${rowsSql(options, firstMoment, range)}) TO '${path}' (FORMAT parquet, COMPRESSION snappy)`,
        );
        keys.push(key);
      }
    }
    return { keys, rows };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Words about the device that games send along. */
const context =
  '"device_model":"SM-S928B","os_version":"Android 15","gpu":"Adreno 750","connection":"cellular","screen":"3120x1440",' +
  '"locale":"de_DE","sdk_version":"5.12.0","is_tracking_limited":false,"notes":"season pass; tutorial finished; "';

function rowsSql(
  { seed, rows, days, games, late = 0.02 }: RawObjectsOptions,
  firstMoment: number,
  { first, end }: { readonly first: number; readonly end: number },
): string {
  const arrival = (number: string) =>
    `make_timestamp(${firstMoment * 1_000} + CAST(${number} * ${(days * dayMilliseconds * 1_000) / rows} AS BIGINT))`;
  // A row is its event's (e) and its arrival's (n). What repeats another has the other's event.
  return `
    SELECT id[1:8] || '-' || id[9:12] || '-4' || id[14:16] || '-8' || id[18:20] || '-' || id[21:32] AS event_id,
      type AS event_type, type AS event_name, '1.0.0' AS event_version,
      epoch_ms(happened) / 1000 AS event_timestamp, happened::TIMESTAMPTZ AS event_at,
      arrived::TIMESTAMPTZ AS received_at, '1.' || (e % 4) || '.0' AS app_version,
      'player-' || (h % ${Math.max(100, Math.floor(rows / 100))}) AS player_id,
      'session-' || (h % ${Math.max(500, Math.floor(rows / 20))}) AS session_id,
      ['DE', 'US', 'FR', 'JP', 'BR'][CAST(1 + h % 5 AS INTEGER)] AS country,
      game AS application_id, 'The game ' || game AS application_name,
      CASE type
        WHEN 'iap_transaction' THEN '{"transaction_id":"' || id || '","item_id":"item-' || (h % 40) ||
          '","item_amount":' || (1 + h % 3) || ',"currency_type":"EUR","currency_amount":' || (h % 1000) / 100.0 || ',"platform":"ios",'
        WHEN 'currency_spent' THEN '{"virtual_currency":"coins","virtual_amount":' || (h % 900) || ',"spent_on":"skins","platform":"android",'
        WHEN 'match_end' THEN '{"match_id":"' || id[1:12] || '","map_id":"map-' || (h % 9) || '","match_result_type":"win","exp_gained":' || (h % 300) || ','
        WHEN 'level_started' THEN '{"level_id":"' || (h % 60) || '","level_version":"1","platform":"ios",'
        WHEN 'level_completed' THEN '{"level_id":"' || (h % 60) || '","level_version":"1","level_score":' || (h % 5000) / 2.0 || ',"platform":"ios",'
        ELSE '{"platform":"steam",' END || '${context}}' AS event_data,
      CASE WHEN e % 100 = 99 THEN 'rejected' ELSE 'accepted' END AS status,
      CASE WHEN e % 100 = 99 THEN '{"code":"schema_mismatch","errors":[]}' END AS rejection,
      '{"request_id":"${seed}-' || (n // 100) || '","position":' || (n % 100) || ',"api_key_id":"AbCdEfGhIjKlMnOpQrSt","role":"game","processed_at":"' ||
        strftime(arrived, '%Y-%m-%dT%H:%M:%S.%gZ') || '"}' AS metadata,
      CASE WHEN e % 100 = 99 THEN ['{"event_id":"' || id || '"}'] END AS original,
      CAST(NULL AS VARCHAR) AS replay
    FROM (
      SELECT *, greatest(${arrival('e')} - to_milliseconds(500 + h % 4000), date_trunc('day', ${arrival('e')}))
          - CASE WHEN (h >> 20) % 1000 < ${late * 1000} THEN to_hours(CAST(24 + (h >> 32) % 120 AS INTEGER)) ELSE INTERVAL 0 SECOND END AS happened,
        ['level_started', 'level_completed', 'match_end', 'currency_spent', 'login', 'session_start', 'level_started', 'iap_transaction'][CAST(1 + (h >> 8) % 8 AS INTEGER)] AS type,
        'game-' || (CASE WHEN (h >> 40) % 3 = 0 THEN (h >> 44) % ${games} ELSE 0 END) AS game
      FROM (
        SELECT n, e, hash(e, '${seed}') >> 1 AS h, md5('${seed} ' || e) AS id,
          ${arrival('n')} AS arrived
        FROM (
          SELECT n, CASE n % 200 WHEN 7 THEN n - 1 WHEN 107 THEN greatest(n - 20001, 0) ELSE n END AS e
          FROM range(${first}, ${end}) AS numbers(n)
        )
      )
    )`;
}
