/** A row may name one game of the player, in columns of their own; `games` names any number in one cell. */
export const columnsOfOneGame = ['game_id', 'subscription_start_at', 'subscription_end_at'] as const;

/** Columns that files of accounts may have, by the id that every row of such a file bears. */
export const csvColumns = {
  player_id: [
    'player_id',
    'user_id',
    'player_name',
    'country',
    'account_start_at',
    'account_end_at',
    'close_account',
    'games',
    'unregister',
    ...columnsOfOneGame,
    'occurred_at',
  ],
  studio_id: ['studio_id', 'name', 'location', 'game_id', 'game_name', 'category', 'occurred_at'],
} as const;
