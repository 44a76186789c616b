import type { LakeColumn } from './lake-column.ts';

/** A table that the events job derives from stored events, day by day. */
export interface PlayerTable {
  /** Its name in the catalog, and its folder in the lake. */
  readonly name: string;
  readonly description: string;
  readonly columns: readonly LakeColumn[];
  readonly partitionKeys: readonly LakeColumn[];
  /** Columns that rows are sorted by within a day. */
  readonly sortedBy: readonly string[];
}

const eventDate = { name: 'event_date', type: 'date', comment: 'day of event_at (UTC)' } as const satisfies LakeColumn;
const application = { name: 'application_id', type: 'string', comment: 'the game' } as const satisfies LakeColumn;
const player = {
  name: 'player_id',
  type: 'string',
  comment: 'pseudonymous id of the player; events without one count nowhere here',
} as const satisfies LakeColumn;

/** One row per application, player and UTC day with events. A player's first-ever day is the minimum over rows. */
export const playerDays: PlayerTable = {
  name: 'player_days',
  description: 'One row per application, player and UTC day with events',
  columns: [
    application,
    player,
    { name: 'first_event_at', type: 'timestamp', comment: 'first event of the day (UTC)' },
    { name: 'last_event_at', type: 'timestamp', comment: 'last event of the day (UTC)' },
    { name: 'events', type: 'bigint', comment: 'events of the day' },
    {
      name: 'sessions',
      type: 'bigint',
      comment: 'sessions with events of the day: by session_id; without one, a pause of more than 30 minutes divides',
    },
    {
      name: 'session_milliseconds',
      type: 'bigint',
      comment: 'sum over these sessions of last minus first event within the day',
    },
    { name: 'country', type: 'string', comment: 'the latest of the day' },
    { name: 'platform', type: 'string', comment: 'the latest of the day' },
    { name: 'app_version', type: 'string', comment: 'the latest of the day' },
  ],
  partitionKeys: [eventDate],
  sortedBy: ['application_id', 'player_id'],
};

/** One row per application, player, currency and UTC day with money moved, from `iap_transaction`. */
export const playerRevenue: PlayerTable = {
  name: 'player_revenue',
  description: 'One row per application, player, currency and UTC day with purchases or refunds',
  columns: [
    application,
    player,
    { name: 'currency_type', type: 'string', comment: 'currency of the amounts, as in ISO 4217' },
    { name: 'revenue', type: 'decimal(38,4)', comment: 'sum of the amounts; refunds are negative' },
    { name: 'purchases', type: 'bigint', comment: 'distinct transaction_id with a positive amount' },
    {
      name: 'first_purchase_at',
      type: 'timestamp',
      comment: 'earliest positive amount of the day (UTC); null on a day of refunds only',
    },
  ],
  partitionKeys: [eventDate],
  sortedBy: ['application_id', 'player_id', 'currency_type'],
};

/** Tables derived from stored events, in the order in which a run writes them. */
export const playerTables: readonly PlayerTable[] = [playerDays, playerRevenue];
