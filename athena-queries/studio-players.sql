-- description: Players registered for the studio's titles at a moment, by pseudonym.
-- grain: one row per game_id, player_id with an active registration
-- audience: studio
-- player_id: pseudonymous; names are for the publisher
-- registered_since: start of the registration
-- parameter: studio_id varchar bound
-- parameter: game_id varchar default '%'
-- parameter: at timestamp default localtimestamp
-- parameter: at
-- parameter: at

SELECT
  games.game_id,
  games.name,
  player_games.player_id,
  players.country,
  player_games.subscription_start_at AS registered_since
FROM games
JOIN player_games
  ON player_games.game_id = games.game_id
JOIN players
  ON players.player_id = player_games.player_id
WHERE games.studio_id = ?
  AND games.game_id LIKE ?
  AND player_games.subscription_start_at <= ?
  AND (player_games.subscription_end_at IS NULL OR player_games.subscription_end_at > ?)
  AND (players.account_start_at IS NULL OR players.account_start_at <= ?)
ORDER BY games.game_id, player_games.player_id
