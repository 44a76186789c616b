/**
 * What was measured of this pipeline, for lines that no price list can give. Each figure names the program that measures
 * it again.
 */
export const measured = {
  /**
   * Bytes of Parquet for each byte of an event as sent. 300,000 events of 607 bytes, three games, ten days, 6,000 players:
   * 129 bytes an event in `raw_events` with Snappy; 70.7 in `events` with Zstandard, 138 with Snappy.
   * `npm run prove -- stored-bytes`
   */
  parquetBytesPerByte: { raw: 129 / 607, events: 70.7 / 607, eventsSnappy: 138 / 607 },

  /** Bytes of `player_days` and `player_revenue` for each event; the same run. */
  playerBytesPerEvent: 1.05,

  /**
   * Bytes that a report reads for each event of its period: the mean over the 26 reports on games of what Trino says it
   * read of the lake, two million events in ten days (docs/reports.md, `npm run prove -- bytes-read`). Trino's figure has
   * the footers in it, which Athena reads as well.
   */
  reportBytesPerEvent: 4.8,

  /**
   * Microseconds of processor time for each byte of an event in the transform, JSON of invocation and answer included:
   * 23 for an event of 607 bytes in records of 20, on one core. `npm run prove -- stored-bytes`
   */
  transformMicrosecondsPerByte: 23 / 607,

  /** Bytes that the gateway's template puts around a request's events, and a server around an event that it sends alone. */
  envelopeBytes: { packed: 217, single: 56 },

  /** Bytes of a line of the access log. */
  accessLogBytes: 360,
} as const;
