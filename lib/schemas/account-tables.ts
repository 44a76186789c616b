import type { LakeColumn } from './lake-column.ts';

/** Types of account events that say something of accounts, studios or games; all bear `accountsApplicationId`. */
export type AccountEventType =
  | 'account_created'
  | 'account_closed'
  | 'game_registered'
  | 'game_unregistered'
  | 'studio_registered'
  | 'game_published';

/** Names of the account tables, in the order in which the workflow builds them. */
export const accountTableNames = ['players', 'studios', 'games', 'player_games'] as const;

export type AccountTableName = (typeof accountTableNames)[number];

/** A table that is made of all account events there are: one snapshot, which each run that has news replaces. */
export interface AccountTable<Name extends string = AccountTableName> {
  /** Its name in the catalog, and its folder. */
  readonly name: Name;
  readonly description: string;
  readonly columns: readonly LakeColumn[];
  /** Columns that rows are sorted by. */
  readonly sortedBy: readonly string[];
  /** Column of table and events that decides which events make which rows. */
  readonly key: 'player_id' | 'studio_id' | 'game_id';
  /** The events that rows are made of. */
  readonly eventTypes: readonly AccountEventType[];
}

/** The partition key of account tables. Its one value is `currentSnapshot`; a run moves that partition's location. */
export const snapshotKey = {
  name: 'snapshot',
  type: 'string',
  comment: 'always current: the state of the last run that had news',
} as const satisfies LakeColumn;

export const currentSnapshot = 'current';

const playerId = {
  name: 'player_id',
  type: 'string',
  comment: 'pseudonymous id of the player',
} as const satisfies LakeColumn;
const studioId = { name: 'studio_id', type: 'string', comment: 'the studio' } as const satisfies LakeColumn;
const gameId = {
  name: 'game_id',
  type: 'string',
  comment: 'the game: its application_id',
} as const satisfies LakeColumn;

/** One row per account, open or closed. */
export const players: AccountTable<'players'> = {
  name: 'players',
  description: 'One row per player account, open or closed',
  columns: [
    playerId,
    { name: 'user_id_digest', type: 'string', comment: 'keyed digest of the user id, as last told before the end' },
    { name: 'country', type: 'string', comment: 'two letters, as last told before the end' },
    { name: 'account_start_at', type: 'timestamp', comment: 'first creation (UTC); null where only the end is known' },
    { name: 'account_end_at', type: 'timestamp', comment: 'first closing (UTC), which is final; null while open' },
  ],
  sortedBy: ['player_id'],
  key: 'player_id',
  eventTypes: ['account_created', 'account_closed'],
};

/** One row per studio, as last told. */
export const studios: AccountTable<'studios'> = {
  name: 'studios',
  description: 'One row per studio, as last told',
  columns: [
    studioId,
    { name: 'name', type: 'string', comment: 'what people call it; two studios may share one' },
    { name: 'location', type: 'string', comment: 'where it is' },
  ],
  sortedBy: ['studio_id'],
  key: 'studio_id',
  eventTypes: ['studio_registered'],
};

/** One row per published game, as last told. */
export const games: AccountTable<'games'> = {
  name: 'games',
  description: 'One row per published game, as last told',
  columns: [
    gameId,
    { name: 'name', type: 'string', comment: 'its title; two games may share one' },
    { name: 'category', type: 'string', comment: 'kind of game' },
    { ...studioId, comment: 'the studio whose game it is' },
  ],
  sortedBy: ['game_id'],
  key: 'game_id',
  eventTypes: ['game_published'],
};

/** One row per time that a player was registered for a game. */
export const playerGames: AccountTable<'player_games'> = {
  name: 'player_games',
  description: 'One row per stretch of time for which a player is registered for a game',
  columns: [
    playerId,
    gameId,
    { name: 'subscription_start_at', type: 'timestamp', comment: 'when it began (UTC)' },
    {
      name: 'subscription_end_at',
      type: 'timestamp',
      comment: 'when it ended (UTC), at the latest with the account; null while registered',
    },
  ],
  // A studio's report reads the row groups of its own games.
  sortedBy: ['game_id', 'player_id', 'subscription_start_at'],
  key: 'player_id',
  eventTypes: ['game_registered', 'game_unregistered', 'account_closed'],
};

/** The account tables, in the order in which the workflow builds them. */
export const accountTables: readonly AccountTable[] = [players, studios, games, playerGames];

/** Who is who, in clear: open accounts only, in a bucket of its own that keeps no versions. */
export const playerNames: AccountTable<'player_names'> = {
  name: 'player_names',
  description: 'Names of the players with an open account, in clear: restricted',
  columns: [
    playerId,
    { name: 'user_id', type: 'string', comment: 'the user id at the account system' },
    { name: 'player_name', type: 'string', comment: 'name of the player' },
  ],
  sortedBy: ['player_id'],
  key: 'player_id',
  eventTypes: ['account_created', 'account_closed'],
};
